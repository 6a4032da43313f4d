//! The order in which connections began to wait: the one that has waited longest is evicted first.
//!
//! A doubly linked list over connection keys, so that every change takes the same short time however many
//! connections there are.

/// The end of the list, in place of a key.
const NONE: usize = usize::MAX;

/// Keys in the order in which they were last [moved to the back](Order::push_back).
#[derive(Debug)]
pub(super) struct Order {
    links: Vec<Link>,
    first: usize,
    last: usize,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    before: usize,
    after: usize,
    is_in: bool,
}

const OUT: Link = Link {
    before: NONE,
    after: NONE,
    is_in: false,
};

impl Order {
    pub(super) fn new() -> Self {
        Self {
            links: Vec::new(),
            first: NONE,
            last: NONE,
        }
    }

    /// The key that was moved to the back the longest time ago.
    pub(super) fn first(&self) -> Option<usize> {
        Some(self.first).filter(|&key| key != NONE)
    }

    /// Moves a key to the back, or adds it there.
    pub(super) fn push_back(&mut self, key: usize) {
        if key == self.last {
            return;
        }
        self.remove(key);
        if key >= self.links.len() {
            self.links.resize(key + 1, OUT);
        }
        let before = std::mem::replace(&mut self.last, key);
        self.set(
            key,
            Link {
                before,
                after: NONE,
                is_in: true,
            },
        );
        match self.links.get_mut(before) {
            Some(link) => link.after = key,
            None => self.first = key,
        }
    }

    /// Takes a key out, if it is in.
    pub(super) fn remove(&mut self, key: usize) {
        let link = self.links.get(key).copied().unwrap_or(OUT);
        if !link.is_in {
            return;
        }
        match self.links.get_mut(link.before) {
            Some(before) => before.after = link.after,
            None => self.first = link.after,
        }
        match self.links.get_mut(link.after) {
            Some(after) => after.before = link.before,
            None => self.last = link.before,
        }
        self.set(key, OUT);
    }

    fn set(&mut self, key: usize, link: Link) {
        if let Some(slot) = self.links.get_mut(key) {
            *slot = link;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_out_in_the_order_in_which_they_last_went_in() {
        let mut order = Order::new();
        for key in [3, 0, 7, 1, 3, 7, 7] {
            order.push_back(key);
        }
        order.remove(5);
        order.remove(1);
        order.push_back(2);
        let drained = std::iter::from_fn(|| {
            let first = order.first()?;
            order.remove(first);
            Some(first)
        });
        assert_eq!(drained.collect::<Vec<_>>(), [0, 3, 7, 2]);
        order.push_back(4);
        assert_eq!(order.first(), Some(4));
    }
}
