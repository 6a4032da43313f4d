//! Connections over a network that is not there: what arrives, when, in which pieces, what is taken, and when the
//! network or the client fails, are drawn from a seed.
//!
//! `SIMULATIONS=1000000` runs that many schedules, `SIMULATION=seed` one of them. Every failure names its seed.

mod client;
mod network;
mod random;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use self::client::{Client, Fate, answers};
use self::network::Simulated;
use self::random::Random;
use super::response;
use crate::account::{Account, Memory};
use crate::transport::compute::{Job, Pool};
use crate::transport::connection::Connection;
use crate::transport::context::{Context, Shared};
use crate::transport::mailbox::Mailbox;
use crate::transport::poller::{Interest, Poller};
use crate::transport::state::Next;
use crate::transport::{Counters, Refusal, RequestHead, Response, Service, Settings, Status};

/// Schedules of a run of the tests.
const SIMULATIONS: u64 = 1_000;

/// Bytes that all requests of a schedule may take together: more than they need.
const MEMORY_BYTES: usize = 64 << 20;

/// Connections of a schedule, which share a worker.
const CONNECTIONS: usize = 3;

/// Events after which a schedule must have come to rest.
const EVENTS_MAX: usize = 200_000;

/// Says the request's line and its body. What has `long` in it goes to the pool.
struct Echo;

impl Service for Echo {
    type Request = String;

    fn request(&self, head: &RequestHead<'_>) -> String {
        format!("{} {}", head.method, head.target)
    }

    fn takes_long(&self, line: &String, _body_bytes: usize) -> bool {
        line.contains("long")
    }

    fn handle(&self, line: &String, body: Cow<'_, [u8]>, account: &mut Account) -> Response {
        let text = echoed(line, &body);
        account.reserve(text.capacity()).unwrap();
        response(Status::Ok, text)
    }

    fn refuse(&self, _: Option<&String>, refusal: Refusal) -> Response {
        response(refusal.status(), refusal.to_string())
    }
}

/// What the service says: small for a small body, large for a large one.
fn echoed(line: &str, body: &[u8]) -> String {
    format!("{line} {} {}", body.len(), String::from_utf8_lossy(body))
}

/// A client, the network, and the connection as long as there is one.
struct Pair {
    client: Client,
    socket: Simulated,
    connection: Option<Connection<Echo, Simulated>>,
}

/// A worker's part, with the jobs that nobody has taken.
struct Stage {
    context: Context<Echo>,
    jobs: Receiver<Job>,
    memory: Memory,
}

impl Stage {
    fn new() -> Self {
        let poller = Poller::new().unwrap();
        let (pool, jobs) = Pool::by_hand(1_000);
        let memory = Memory::new(MEMORY_BYTES);
        let shared = Shared {
            service: Arc::new(Echo),
            settings: Settings::default(),
            pool,
            memory,
            counters: Arc::new(Counters::default()),
        };
        let completions = Arc::new(Mailbox::new(poller.waker()));
        Self {
            context: Context::new(Arc::new(shared), completions),
            jobs,
            memory,
        }
    }

    /// Runs one job, if there is one, and hands its answer to its connection.
    fn work(&mut self, pairs: &mut [Pair]) -> bool {
        let Ok(job) = self.jobs.try_recv() else {
            return false;
        };
        job();
        for completion in self.context.completions.take() {
            let pair = &mut pairs[completion.key];
            if let Some(connection) = &mut pair.connection {
                let next = connection.complete(completion, &mut self.context);
                pair.go_on(next);
            }
        }
        true
    }
}

impl Pair {
    fn new(random: &mut Random, stage: &Stage) -> Self {
        let socket = Simulated::default();
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let now = stage.context.now;
        Self {
            client: Client::new(random),
            connection: Some(Connection::new(socket.clone(), peer, stage.memory, now)),
            socket,
        }
    }

    fn go_on(&mut self, next: Next) {
        if next == Next::Close {
            self.connection = None;
        }
    }

    /// Some bytes arrive, or the end does. Returns whether anything did.
    fn deliver(&mut self, random: &mut Random) -> bool {
        let mut network = self.socket.0.borrow_mut();
        if let Some(bytes) = self.client.send(random) {
            network.arrived.extend(bytes);
            return true;
        }
        let changed = match self.client.fate {
            Fate::HalfCloses | Fate::EndsEarly => &mut network.has_ended,
            Fate::Breaks => &mut network.is_broken,
            Fate::Patient | Fate::Stalls => return false,
        };
        !std::mem::replace(changed, true)
    }

    /// The client takes some of what was sent, or all of it.
    fn take(&mut self, random: &mut Random) {
        let mut network = self.socket.0.borrow_mut();
        network.room = random.size(200_000);
        network.write_max = random.size(200_000);
        network.read_max = random.size(70_000);
    }

    /// Calls the connection as a worker would, if its socket is ready for what it waits for.
    fn turn(&mut self, key: usize, context: &mut Context<Echo>) -> bool {
        let Some(connection) = &mut self.connection else {
            return false;
        };
        let next = if connection.is_stalled() {
            connection.go_on(key, context)
        } else {
            let network = self.socket.0.borrow();
            let is_ready = match connection.wanted() {
                Interest::Nothing => false,
                Interest::Readable => {
                    !network.arrived.is_empty() || network.has_ended || network.is_broken
                }
                Interest::Writable => network.room > 0 || network.is_broken,
            };
            drop(network);
            if !is_ready {
                return false;
            }
            connection.ready(key, context)
        };
        self.go_on(next);
        true
    }

    fn expire(&mut self, context: &mut Context<Echo>) {
        if let Some(connection) = &mut self.connection {
            let next = connection.expire(context);
            self.go_on(next);
        }
    }

    /// What came is what was to come: answers in order, each whole and once, and the end where it must be.
    fn check(&self) {
        let network = self.socket.0.borrow();
        let client = &self.client;
        let (answers, is_cut) = answers(&network.sent, &client.expected);
        let good = answers.iter().take_while(|(status, _)| *status == 200);
        let good: Vec<_> = good.map(|(_, body)| body.as_str()).collect();
        assert!(
            good.len() <= client.expected.len(),
            "more answers than requests"
        );
        for ((expected, is_head), found) in client.expected.iter().zip(&good) {
            let expected = if *is_head { "" } else { expected.as_str() };
            assert!(*found == expected, "{found:.60} instead of {expected:.60}");
        }
        let refused = answers.len() - good.len();
        assert!(refused <= 1, "{refused} refusals on one connection");
        match client.fate {
            Fate::Breaks => return,
            Fate::Patient | Fate::HalfCloses => {
                assert_eq!(
                    good.len(),
                    client.expected.len(),
                    "answers: {:.300?}",
                    answers
                );
                assert_eq!(refused == 1, client.is_hostile, "refused");
            }
            // What was cut short is refused, and nothing is where nothing was begun.
            Fate::EndsEarly | Fate::Stalls => {}
        }
        assert!(!is_cut, "an answer is cut short");
        let stays = client.fate == Fate::Patient && !client.is_hostile;
        assert_eq!(self.connection.is_some(), stays, "the connection is open");
    }
}

/// Draws events until nothing can happen any more, then lets deadlines pass, and checks what every client has.
fn simulate(seed: u64, stage: &mut Stage) {
    let mut random = Random(seed);
    let mut pairs: Vec<_> = (0..CONNECTIONS)
        .map(|_| Pair::new(&mut random, stage))
        .collect();
    let mut quiet = 0;
    for event in 0.. {
        assert!(event < EVENTS_MAX, "it does not come to rest");
        let key = random.below(CONNECTIONS);
        let happened = match random.below(8) {
            0 | 1 => pairs[key].deliver(&mut random),
            2 => {
                pairs[key].take(&mut random);
                false
            }
            3 => stage.work(&mut pairs),
            4 => {
                // Short of every deadline, with all other such steps of a schedule.
                stage.context.now += Duration::from_micros(10);
                pairs[key].expire(&mut stage.context);
                false
            }
            _ => pairs[key].turn(key, &mut stage.context),
        };
        quiet = if happened { 0 } else { quiet + 1 };
        if quiet > 300 {
            break;
        }
    }
    for (key, pair) in pairs.iter_mut().enumerate() {
        if pair.client.fate != Fate::Patient || pair.client.is_hostile {
            pass_deadlines(key, pair, stage, &mut random);
        }
        pair.check();
    }
    drop(pairs);
    let mut all = stage.memory.held();
    all.reserve(MEMORY_BYTES).expect("all memory comes back");
    assert!(all.reserve(1).is_err(), "and no more than was taken");
}

/// A day for one connection, in steps that are longer than each deadline.
fn pass_deadlines(key: usize, pair: &mut Pair, stage: &mut Stage, random: &mut Random) {
    let now = stage.context.now;
    for _ in 0..30 {
        stage.context.now += Duration::from_secs(3_600);
        pair.expire(&mut stage.context);
        for _ in 0..100 {
            pair.take(random);
            pair.turn(key, &mut stage.context);
        }
    }
    stage.context.now = now;
}

#[test]
fn every_schedule_gives_each_client_its_answers_in_order_whole_and_once() {
    let number = |name: &str| Some(std::env::var(name).ok()?.parse::<u64>().expect(name));
    let seeds = match number("SIMULATION") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SIMULATIONS").unwrap_or(SIMULATIONS),
    };
    let mut stage = Stage::new();
    for seed in seeds {
        let run = std::panic::AssertUnwindSafe(|| simulate(seed, &mut stage));
        if let Err(panic) = std::panic::catch_unwind(run) {
            eprintln!("SIMULATION={seed} fails");
            std::panic::resume_unwind(panic);
        }
    }
}
