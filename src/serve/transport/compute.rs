//! The compute pool: requests that take long, on as many threads as there are cores, behind a short queue.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use crate::limits::QUEUE_PER_COMPUTE_THREAD;

/// Bytes of a compute thread's stack: decoding and predicting are loops over buffers on the heap.
const STACK_BYTES: usize = 512 << 10;

/// How far threads with much work stand behind the I/O workers that answer `/ping`, when there are not cores
/// enough for all.
const NICENESS: i32 = 5;

/// Something to be done by a compute thread.
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
                .stack_size(STACK_BYTES)
                .spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// Queues a job; gives it back if the queue is full.
    pub(super) fn submit(&self, job: Job) -> Result<(), Job> {
        self.0.try_send(job).map_err(|error| match error {
            TrySendError::Full(job) | TrySendError::Disconnected(job) => job,
        })
    }
}

/// Has the calling thread stand back.
pub(super) fn stand_back() {
    // On Linux, niceness belongs to the thread. Where it cannot be set, nothing but the order is lost.
    let _ = rustix::process::nice(NICENESS);
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    stand_back();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}
