//! How far the work got when the user interrupts it.

use std::cell::Cell;

use crate::error::{Failure, Kind};
use crate::terminal::stderr::talk;

thread_local! {
    static INTERRUPTED: Cell<Option<Failure>> = const { Cell::new(None) };
}

/// Prints on standard error how far the work got if it is interrupted before [`OnLeaving::ended`].
pub(crate) struct OnLeaving<F: Fn() -> Failure>(Option<F>);

impl<F: Fn() -> Failure> OnLeaving<F> {
    /// `left` tells how far it got: cancelled, or of unknown fate.
    pub(crate) fn new(left: F) -> Self {
        Self(Some(left))
    }

    pub(crate) fn ended(mut self) {
        self.0 = None;
    }
}

impl<F: Fn() -> Failure> Drop for OnLeaving<F> {
    fn drop(&mut self) {
        if let Some(left) = &self.0 {
            let left = left();
            talk(&left.reason);
            INTERRUPTED.set(Some(left));
        }
    }
}

/// The failure of a command that was interrupted. `with_reason` repeats for programs what people were told.
pub(crate) fn interrupted(with_reason: bool) -> Failure {
    match INTERRUPTED.take() {
        Some(left) if left.kind == Kind::CancelledUnknown => {
            let reason = if with_reason {
                format!("interrupted: {}", left.reason)
            } else {
                "interrupted".to_owned()
            };
            Failure { reason, ..left }
        }
        _ => Failure::new(Kind::Cancelled, "interrupted"),
    }
}
