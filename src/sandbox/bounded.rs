//! A map that stays small.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// A map that removes its oldest entry before it would exceed its limit.
pub(super) struct Bounded<K, V> {
    limit: usize,
    entries: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K: Clone + Eq + Hash, V> Bounded<K, V> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            entries: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Adds an entry; false if the key is there already, whose entry stays.
    pub(super) fn insert(&mut self, key: K, value: V) -> bool {
        if self.entries.contains_key(&key) {
            return false;
        }
        while self.entries.len() >= self.limit {
            self.remove_oldest();
        }
        self.entries.insert(key.clone(), value);
        self.order.push_back(key);
        true
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let value = self.entries.remove(key)?;
        self.order.retain(|one| one != key);
        Some(value)
    }

    pub(super) fn remove_oldest(&mut self) {
        if let Some(key) = self.order.pop_front() {
            self.entries.remove(&key);
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_map_removes_its_oldest_entry_first() {
        let mut map = Bounded::new(2);
        assert!(map.insert("a", 1) && map.insert("b", 2));
        assert!(!map.insert("a", 3), "an entry that is there stays");
        assert!(map.insert("c", 4));
        assert_eq!((map.get(&"a"), map.get(&"b")), (None, Some(&2)));
        assert_eq!(map.remove(&"b"), Some(2));
        assert!(map.insert("d", 5));
        assert_eq!((map.get(&"c"), map.get(&"d")), (Some(&4), Some(&5)));
        assert_eq!((map.entries.len(), map.order.len()), (2, 2));
    }
}
