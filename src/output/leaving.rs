//! A message for a user who interrupts the work.

use crate::terminal::stderr::talk;

/// Prints on standard error how far the work got if it is interrupted before [`OnLeaving::ended`].
pub(crate) struct OnLeaving<F: Fn() -> String>(Option<F>);

impl<F: Fn() -> String> OnLeaving<F> {
    pub(crate) fn new(words: F) -> Self {
        Self(Some(words))
    }

    pub(crate) fn ended(mut self) {
        self.0 = None;
    }
}

impl<F: Fn() -> String> Drop for OnLeaving<F> {
    fn drop(&mut self) {
        if let Some(words) = &self.0 {
            talk(&words());
        }
    }
}
