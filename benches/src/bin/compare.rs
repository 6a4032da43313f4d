//! Starts sagelet and its peers one after the other, loads each in the same way, and prints what they did as
//! ratios: `compare <sagelet binary> [rounds] [seconds]`. Needs `wrk`; `nginx` is measured if it is there.
//!
//! The machine's noise is the same for all of a round, rounds are interleaved, and medians are compared.

use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The features of one row of examples/diabetes.
const ROW: &str = "59,2,32.1,101,157,93.2,38,4,4.8598,87\n";

/// Rows a request for the comparison by size of the answer: 19 bytes each, 100 bytes to 1 MB.
const ANSWER_ROWS: [usize; 5] = [5, 50, 500, 5_000, 50_000];

/// A server that can be started on a port.
struct Peer {
    name: &'static str,
    command: Vec<String>,
}

/// One measurement: requests a second, processor time of the server for each, and latencies, these three in
/// microseconds.
#[derive(Clone, Copy)]
struct Measured {
    rate: f64,
    cpu: f64,
    p50: f64,
    p99: f64,
}

struct Plan {
    rounds: usize,
    seconds: u32,
    scratch: PathBuf,
}

/// Ends the server when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let sagelet = arguments
        .next()
        .expect("usage: compare <sagelet binary> [rounds] [seconds]");
    let number = |text: Option<String>, default| {
        text.map_or(default, |text| text.parse().expect("a number"))
    };
    let rounds = number(arguments.next(), 5);
    let seconds = number(arguments.next(), 3);
    let scratch = std::env::temp_dir().join(format!("sagelet-benches-{}", std::process::id()));
    let plan = Plan {
        rounds: rounds as usize,
        seconds,
        scratch,
    };
    fs::create_dir_all(plan.scratch.join("ml/model")).expect("a scratch directory");
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/diabetes/model.cbor");
    fs::copy(model, plan.scratch.join("ml/model/model.cbor")).expect("the example's artifact");
    let peers = peers(&sagelet, &plan);
    compare(&peers, &plan, 16);
    compare(&peers, &plan, 1);
    compare(&peers, &plan, 128);
    by_answer_size(&peers, &plan);
    fs::remove_dir_all(&plan.scratch).expect("the scratch directory");
}

fn peers(sagelet: &str, plan: &Plan) -> Vec<Peer> {
    let prefix = plan.scratch.join("ml").display().to_string();
    let serve = [
        sagelet,
        "serve",
        "--host",
        "127.0.0.1",
        "--prefix",
        &prefix,
        "--port",
    ];
    let mut peers = vec![Peer {
        name: "sagelet",
        command: serve.map(str::to_owned).to_vec(),
    }];
    for (name, program) in [
        ("rouille", "rouille_server"),
        ("threads", "thread_server"),
        ("axum", "axum_server"),
    ] {
        let program = std::env::current_exe()
            .expect("this program")
            .with_file_name(program);
        let command = vec![program.display().to_string(), prefix.clone()];
        peers.push(Peer { name, command });
    }
    match Command::new("nginx")
        .arg("-v")
        .stderr(Stdio::null())
        .status()
    {
        Ok(_) => peers.push(Peer {
            name: "nginx",
            command: vec!["nginx".to_owned()],
        }),
        Err(error) => println!("not measured: nginx ({error})"),
    }
    peers
}

fn start(peer: &Peer, plan: &Plan) -> (Running, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let mut command = Command::new(&peer.command[0]);
    command
        .args(&peer.command[1..])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match peer.name {
        "nginx" => command.arg("-c").arg(nginx_configuration(plan, port)),
        _ => command.arg(port.to_string()),
    };
    let running = Running(command.spawn().expect("a program to start"));
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{} does not listen",
            peer.name
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    (running, port)
}

/// nginx with two workers and a fixed answer of the same size: no model, no decoding.
fn nginx_configuration(plan: &Plan, port: u16) -> PathBuf {
    let path = plan.scratch.join("nginx.conf");
    let scratch = plan.scratch.display();
    let text = format!(
        "daemon off; worker_processes 2; pid {scratch}/nginx.pid; error_log /dev/null;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {scratch};\n\
         proxy_temp_path {scratch}; fastcgi_temp_path {scratch}; uwsgi_temp_path {scratch}; scgi_temp_path {scratch};\n\
         server {{ listen 127.0.0.1:{port}; location / {{ default_type text/csv; return 200 \"206.1166772451055\\n\"; }} }} }}\n"
    );
    fs::write(&path, text).expect("a scratch file");
    path
}

fn load(server: &Running, port: u16, connections: usize, rows: usize, plan: &Plan) -> Measured {
    let script = plan.scratch.join("post.lua");
    let mut text =
        String::from("wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"text/csv\"\n");
    writeln!(text, "wrk.body = string.rep({ROW:?}, {rows})").expect("a string");
    fs::write(&script, text).expect("a scratch file");
    let cpu_before = cpu_seconds(server.0.id());
    let output = Command::new("wrk")
        .args([
            "-t1",
            "--latency",
            &format!("-c{connections}"),
            &format!("-d{}s", plan.seconds),
            "-s",
        ])
        .arg(&script)
        .arg(format!("http://127.0.0.1:{port}/invocations"))
        .output()
        .expect("wrk is needed: apt-get install wrk");
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !report.contains("Non-2xx") && !report.contains("Socket errors"),
        "{report}"
    );
    let field = |label: &str| {
        let line = report
            .lines()
            .find_map(|line| line.trim().strip_prefix(label));
        line.unwrap_or_else(|| panic!("no {label} in {report}"))
            .trim()
            .to_owned()
    };
    Measured {
        rate: field("Requests/sec:").parse().expect("a number"),
        cpu: (cpu_seconds(server.0.id()) - cpu_before) * 1e6 / requests(&report),
        p50: microseconds(&field("50%")),
        p99: microseconds(&field("99%")),
    }
}

/// The number before `requests in`.
fn requests(report: &str) -> f64 {
    let line = report
        .lines()
        .find(|line| line.contains(" requests in "))
        .expect("a count of requests");
    line.split_whitespace()
        .next()
        .expect("a number")
        .parse()
        .expect("a number")
}

/// Processor time of a process and its children so far: what the machine's other work does not change much.
fn cpu_seconds(pid: u32) -> f64 {
    /// `sysconf(_SC_CLK_TCK)` is 100 on every Linux.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(") ")
        .next()
        .unwrap_or_default()
        .split(' ')
        .collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    let children =
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let of_children: f64 = children
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .map(cpu_seconds)
        .sum();
    (ticks(11) + ticks(12)) / TICKS_A_SECOND + of_children
}

fn microseconds(text: &str) -> f64 {
    let (digits, factor) = if let Some(digits) = text.strip_suffix("us") {
        (digits, 1.0)
    } else if let Some(digits) = text.strip_suffix("ms") {
        (digits, 1e3)
    } else {
        (text.trim_end_matches('s'), 1e6)
    };
    digits.parse::<f64>().expect("a number") * factor
}

fn compare(peers: &[Peer], plan: &Plan, connections: usize) {
    let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); peers.len()];
    for _ in 0..plan.rounds {
        for (peer, measured) in peers.iter().zip(&mut measured) {
            let (server, port) = start(peer, plan);
            measured.push(load(&server, port, connections, 1, plan));
        }
    }
    println!(
        "\none row of CSV over {connections} kept-alive connections, medians of {} rounds",
        plan.rounds
    );
    println!(
        "{:<10} {:>12} {:>10} {:>10} {:>16} {:>18}",
        "server", "requests/s", "p50 us", "p99 us", "cpu us/request", "sagelet is faster"
    );
    let ours = median(measured[0].iter().map(|measured| measured.rate));
    for (peer, measured) in peers.iter().zip(&measured) {
        let rate = median(measured.iter().map(|measured| measured.rate));
        let p50 = median(measured.iter().map(|measured| measured.p50));
        let p99 = median(measured.iter().map(|measured| measured.p99));
        let cpu = median(measured.iter().map(|measured| measured.cpu));
        println!(
            "{:<10} {rate:>12.0} {p50:>10.0} {p99:>10.0} {cpu:>16.1} {:>17.2}x",
            peer.name,
            ours / rate
        );
    }
}

/// The median latency by the size of the answer: rouille's server jumps by 44 ms past 850 bytes.
fn by_answer_size(peers: &[Peer], plan: &Plan) {
    println!("\np50 in us over one connection, by rows (19 bytes of answer each)");
    print!("{:<10}", "server");
    ANSWER_ROWS.iter().for_each(|rows| print!(" {rows:>9}"));
    println!();
    for peer in peers.iter().filter(|peer| peer.name != "nginx") {
        let (server, port) = start(peer, plan);
        print!("{:<10}", peer.name);
        ANSWER_ROWS
            .iter()
            .for_each(|&rows| print!(" {:>9.0}", load(&server, port, 1, rows, plan).p50));
        println!();
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
