//! Chunks on all cores: read one after the other, worked on side by side, taken in their order.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Chunks that may be ahead of the one that is waited for, per thread: what they added up to has to be kept.
const AHEAD_PER_THREAD: usize = 2;

/// The error of the first chunk that has one.
type FirstError<E> = Option<(usize, E)>;

/// Works on numbered items until there are none. `next` gives them in their order, `work` runs on `threads`
/// threads, `take` gets the results in the order of the items.
///
/// # Errors
/// The error of the first item that has one, whatever the threads do.
pub(super) fn in_order<I: Send, R: Send, E: Send>(
    threads: usize,
    next: impl FnMut() -> Result<Option<(usize, I)>, E> + Send,
    work: impl Fn(I) -> Result<R, E> + Sync,
    take: impl FnMut(usize, R) + Send,
) -> Result<(), E> {
    let line = Line {
        feed: Mutex::new(Feed {
            next,
            given: 0,
            is_ended: false,
        }),
        exit: Mutex::new(Exit {
            take,
            taken: 0,
            waiting: BTreeMap::new(),
            error: None,
        }),
        moved: Condvar::new(),
        work,
        ahead: threads * AHEAD_PER_THREAD,
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // A thread that the system refuses is one that the others do the work of.
            let _ = thread::Builder::new().spawn_scoped(scope, || line.run());
        }
        line.run();
    });
    let exit = line
        .exit
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    exit.error.map_or(Ok(()), |(_, error)| Err(error))
}

struct Line<N, W, T, R, E> {
    feed: Mutex<Feed<N>>,
    exit: Mutex<Exit<T, R, E>>,
    /// Something was taken, or failed.
    moved: Condvar,
    work: W,
    ahead: usize,
}

struct Feed<N> {
    next: N,
    given: usize,
    is_ended: bool,
}

struct Exit<T, R, E> {
    take: T,
    taken: usize,
    waiting: BTreeMap<usize, R>,
    error: FirstError<E>,
}

impl<I, R, E, N, W, T> Line<N, W, T, R, E>
where
    N: FnMut() -> Result<Option<(usize, I)>, E>,
    W: Fn(I) -> Result<R, E>,
    T: FnMut(usize, R),
{
    fn run(&self) {
        while let Some((number, item)) = self.begin() {
            let result = item.and_then(|item| (self.work)(item));
            self.end(number, result);
        }
    }

    /// The next item; none at the end, or once an item before it has failed.
    fn begin(&self) -> Option<(usize, Result<I, E>)> {
        let mut feed = lock(&self.feed);
        if feed.is_ended {
            return None;
        }
        let place = feed.given;
        let mut exit = lock(&self.exit);
        while exit.error.is_none() && place >= exit.taken + self.ahead {
            exit = self
                .moved
                .wait(exit)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if exit.error.is_some() {
            feed.is_ended = true;
            return None;
        }
        drop(exit);
        match (feed.next)() {
            Ok(Some((_, item))) => {
                feed.given += 1;
                Some((place, Ok(item)))
            }
            Ok(None) => {
                feed.is_ended = true;
                None
            }
            Err(error) => {
                feed.is_ended = true;
                Some((place, Err(error)))
            }
        }
    }

    fn end(&self, place: usize, result: Result<R, E>) {
        let mut exit = lock(&self.exit);
        match result {
            Ok(result) => drop(exit.waiting.insert(place, result)),
            Err(error) => {
                if exit.error.as_ref().is_none_or(|(first, _)| place < *first) {
                    exit.error = Some((place, error));
                }
            }
        }
        exit.take_waiting();
        drop(exit);
        self.moved.notify_all();
    }
}

impl<T: FnMut(usize, R), R, E> Exit<T, R, E> {
    fn take_waiting(&mut self) {
        while let Some(result) = self.waiting.remove(&self.taken) {
            (self.take)(self.taken, result);
            self.taken += 1;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize, count: usize, bad: &[usize]) -> Result<Vec<usize>, usize> {
        let mut numbers = 0..count;
        let mut taken = Vec::new();
        in_order(
            threads,
            || Ok(numbers.next().map(|number| (number, number))),
            |number| {
                if bad.contains(&number) {
                    Err(number)
                } else {
                    Ok(number * number)
                }
            },
            |place, square| {
                assert_eq!(place * place, square);
                taken.push(square);
            },
        )?;
        Ok(taken)
    }

    #[test]
    fn results_come_in_the_order_of_the_items_on_any_number_of_threads() {
        let expected: Vec<usize> = (0..500).map(|number| number * number).collect();
        for threads in [1, 2, 7] {
            assert_eq!(squares(threads, 500, &[]), Ok(expected.clone()));
        }
        assert_eq!(squares(3, 0, &[]), Ok(Vec::new()));
    }

    #[test]
    fn the_first_error_counts_whichever_thread_is_faster() {
        for threads in [1, 2, 7] {
            for _ in 0..20 {
                assert_eq!(squares(threads, 300, &[41, 42, 43, 299]), Err(41));
            }
        }
    }
}
