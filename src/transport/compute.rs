//! The compute pool: requests that take long, on as many threads as there are cores, behind a short queue.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use crate::limits::{COMPUTE_STACK_BYTES, QUEUE_PER_COMPUTE_THREAD};

/// Niceness of threads with much work. The I/O workers, which answer `/ping`, run before them when there are
/// fewer cores than threads.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// Work for a compute thread.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// The way into the pool. Its threads end when the last clone is gone.
#[derive(Clone)]
pub(super) struct Pool(SyncSender<Job>);

impl Pool {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub(super) fn start(threads: usize) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(threads * QUEUE_PER_COMPUTE_THREAD);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads {
            let receiver = Arc::clone(&receiver);
            Builder::new()
                .name("compute".to_owned())
                .stack_size(COMPUTE_STACK_BYTES)
                .spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// A pool without threads: whoever holds the other end takes the jobs, at most `queue` at a time.
    #[cfg(test)]
    pub(super) fn by_hand(queue: usize) -> (Self, Receiver<Job>) {
        let (sender, receiver) = sync_channel(queue);
        (Self(sender), receiver)
    }

    /// Queues a job; gives it back if the queue is full.
    pub(super) fn submit(&self, job: Job) -> Result<(), Job> {
        self.0.try_send(job).map_err(|error| match error {
            TrySendError::Full(job) | TrySendError::Disconnected(job) => job,
        })
    }
}

/// Lowers the priority of the calling thread.
pub(super) fn lower_priority() {
    // On Linux, niceness belongs to the thread, elsewhere to the process. If it cannot be set, only the order is lost.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    lower_priority();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}
