//! How the program starts and ends: signals, ports, exit codes, environment variables.

use std::net::TcpListener;

use rustix::process::Signal;

use crate::harness::namespace::{as_process_1, signal_process_1};
use crate::harness::prefix::{identity, linear};
use crate::harness::process::Ended;
use crate::harness::{Connection, Prefix, Process, Server, eventually};

/// Runs a command that has to end by itself.
fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    Process::sagelet(arguments, variables).wait()
}

#[test]
fn sigterm_and_sigint_end_the_server_with_exit_code_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let server = Server::of(identity());
        server.get("/ping");
        server.process.signal(signal);
        let ended = server.process.wait();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    }
}

#[test]
fn sigterm_has_a_handler_of_its_own() {
    // The kernel gives a container's process 1 no default actions: without a handler only SIGKILL ends it.
    let server = Server::of(identity());
    let caught = u64::from_str_radix(&server.process.status("SigCgt"), 16).unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let bit = 1 << (signal.as_raw() - 1);
        assert_ne!(
            caught & bit,
            0,
            "{signal:?} is not caught: SigCgt {caught:x}"
        );
    }
}

#[test]
fn a_sigterm_that_comes_while_the_model_is_loaded_is_not_lost() {
    let prefix = Prefix::with_model(linear(0.5, &vec![0.25; 300_000]));
    let port = free_port().to_string();
    let arguments = prefix.serve_arguments_without_port();
    let server = Process::sagelet(&[&arguments[..], &["--port", &port]].concat(), &[]);
    // The system accepts connections from the moment that the port is bound; the model is read after that.
    eventually("the port is bound", || {
        Connection::try_open(port.parse().unwrap())
            .map(drop)
            .map_err(|error| error.to_string())
    });
    server.signal(Signal::TERM);
    let ended = server.wait();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
}

/// A port that nothing listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn sigterm_ends_the_server_as_process_1_of_a_container_too() {
    let prefix = Prefix::with_model(identity());
    let Some(command) = as_process_1(&prefix.serve_arguments()) else {
        // Where namespaces are forbidden, what differs for process 1 is checked by the test above.
        println!("no namespaces here: sigterm_has_a_handler_of_its_own stands for this test");
        return sigterm_has_a_handler_of_its_own();
    };
    let server = Server::listening(Process::spawn(command, &[]), prefix);
    assert_eq!(server.get("/ping").status, 200);
    signal_process_1(&server.process, Signal::TERM);
    let ended = server.process.wait(); // unshare ends as its child does
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
}

#[test]
fn a_port_that_is_taken_is_exit_code_1_and_names_the_address() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let prefix = Prefix::with_model(identity());
    let ended = run(
        &[
            &prefix.serve_arguments_without_port()[..],
            &["--port", &port],
        ]
        .concat(),
        &[],
    );
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    let expected = format!("cannot listen on 127.0.0.1:{port}");
    assert!(ended.log.contains(&expected), "{}", ended.log);
}

#[test]
fn what_makes_no_sense_on_the_command_line_is_exit_code_64() {
    for arguments in [
        vec!["serve", "--prot", "1"],
        vec!["serve", "--port", "80800"],
        vec!["serve", "--port", "http"],
        vec!["serve", "--host", "localhost"],
        vec!["ping", "--port", "-1"],
        vec!["server"],
        vec!["train", "--port", "1"],
        vec!["--port", "1", "train"],
        vec!["serve", "--live"],
        vec!["--port", "1"],
        vec![],
    ] {
        let ended = run(&arguments, &[]);
        assert_eq!(
            ended.status.code(),
            Some(64),
            "{arguments:?}: {}",
            ended.log
        );
        assert!(!ended.log.is_empty(), "{arguments:?}: a reason is given");
    }
}

#[test]
fn a_variable_that_makes_no_sense_is_exit_code_64_and_named() {
    let ended = run(&["serve"], &[("SAGEMAKER_BIND_TO_PORT", "eighty")]);
    assert_eq!(ended.status.code(), Some(64));
    let expected = "SAGEMAKER_BIND_TO_PORT=\"eighty\" is not valid: expected a port number";
    assert!(ended.log.contains(expected), "{}", ended.log);
}

#[test]
fn help_and_version_are_exit_code_0() {
    for arguments in [["--help"], ["--version"], ["version"]] {
        let ended = run(&arguments, &[]);
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}");
    }
    assert_eq!(run(&["version"], &[]).log, sagelet::PRODUCER);
    assert_eq!(run(&["--version"], &[]).log, sagelet::PRODUCER);
}

#[test]
fn ping_is_exit_code_0_for_a_healthy_server_and_1_for_others() {
    let ping = |port: u16| {
        run(
            &["ping", "--host", "127.0.0.1", "--port", &port.to_string()],
            &[],
        )
    };
    let healthy = Server::of(identity());
    assert_eq!(ping(healthy.port).status.code(), Some(0));
    let by_default_host = run(&["ping", "--port", &healthy.port.to_string()], &[]);
    assert_eq!(
        by_default_host.status.code(),
        Some(0),
        "{}",
        by_default_host.log
    );

    let unhealthy = Server::start(Prefix::new(), &[]);
    let ended = ping(unhealthy.port);
    assert_eq!(ended.status.code(), Some(1));
    for part in ["503", "there is no .cbor artifact"] {
        assert!(ended.log.contains(part), "{}", ended.log);
    }

    let port = unhealthy.port;
    assert_eq!(unhealthy.stop().status.code(), Some(0));
    let ended = ping(port);
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        ended.log.contains("no answer from 127.0.0.1"),
        "{}",
        ended.log
    );
}

/// Liveness and readiness are two questions: a restart would not bring a model.
#[test]
fn a_server_without_a_model_is_alive() {
    let server = Server::start(Prefix::new(), &[]);
    let port = server.port.to_string();
    let ask = |more: &[&str]| {
        let arguments = [
            &["ping", "--host", "127.0.0.1", "--port", port.as_str()],
            more,
        ]
        .concat();
        run(&arguments, &[]).status.code()
    };
    assert_eq!((ask(&[]), ask(&["--live"])), (Some(1), Some(0)));
    assert_eq!(server.get("/v2/health/live").status, 200);
    server.stop();
    assert_eq!(ask(&["--live"]), Some(1));
}

#[test]
fn the_platforms_variable_chooses_the_port_and_a_flag_wins_over_it() {
    let free = free_port();
    let port = free.to_string();
    let prefix = Prefix::with_model(identity());
    let arguments = prefix.serve_arguments_without_port();
    let process = Process::sagelet(&arguments, &[("SAGEMAKER_BIND_TO_PORT", &port)]);
    let server = Server::listening(process, prefix);
    assert_eq!(server.port, free);
    assert_eq!(server.get("/ping").status, 200);
    assert_eq!(
        run(&["ping"], &[("SAGEMAKER_BIND_TO_PORT", &port)])
            .status
            .code(),
        Some(0)
    );

    let other = Server::start(
        Prefix::with_model(identity()),
        &[("SAGEMAKER_BIND_TO_PORT", &port)],
    );
    assert_ne!(other.port, free, "--port 0 wins");
}

#[test]
fn a_variable_chooses_the_prefix_and_a_flag_wins_over_it() {
    let (full, empty) = (Prefix::with_model(identity()), Prefix::new());
    let arguments = ["serve", "--host", "127.0.0.1", "--port", "0"];
    let root = full.argument().to_owned();
    let process = Process::sagelet(&arguments, &[("SAGELET_PREFIX", &root)]);
    assert_eq!(Server::listening(process, full).get("/ping").status, 200);

    let other = Prefix::with_model(identity());
    let server = Server::start(other, &[("SAGELET_PREFIX", empty.argument())]);
    assert_eq!(server.get("/ping").status, 200);
}

#[test]
fn no_model_does_not_end_the_process() {
    // The platform shows the reason of a 503; a container that died would only be started again.
    let server = Server::start(Prefix::new(), &[]);
    assert_eq!(server.get("/ping").status, 503);
    assert_eq!(server.stop().status.code(), Some(0));
}
