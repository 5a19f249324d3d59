//! Progress of long work: a bar for work in steps, a spinner while waiting for a reply. The work itself draws them, no
//! thread does.

use std::cell::Cell;
use std::convert::Infallible;
use std::env;
use std::future::pending;
use std::time::Duration;

use tokio::time::Instant;

use super::Output;
use crate::terminal::stderr::{erasable, is_terminal};
use crate::terminal::takes_escapes;

/// The least time between two drawings of a bar.
const REDRAW: Duration = Duration::from_millis(50);

impl Output {
    /// A bar for `total` steps, shown on a terminal once the work has taken `delay`, and removed when it is dropped.
    pub(crate) fn progress(self, total: usize, delay: Duration) -> Progress {
        let wanted = total > 1 && self.may_draw();
        Progress {
            total,
            done: Cell::new(0),
            next_drawing: Cell::new(wanted.then(|| Instant::now() + delay)),
            is_shown: Cell::new(false),
        }
    }

    /// Shows on a terminal how long a reply has been waited for; `None` if nothing is shown.
    pub(crate) fn spinner(self) -> Option<fn(Option<Duration>)> {
        self.may_draw().then_some(spin)
    }

    fn may_draw(self) -> bool {
        let is_dumb = || env::var_os("TERM").is_some_and(|term| term == "dumb");
        !self.quiet && is_terminal() && !is_dumb() && takes_escapes()
    }
}

/// A progress bar that quick work never shows.
#[derive(Debug)]
pub(crate) struct Progress {
    total: usize,
    done: Cell<usize>,
    next_drawing: Cell<Option<Instant>>,
    is_shown: Cell<bool>,
}

impl Progress {
    /// Shows the bar when it is time; never returns.
    pub(crate) async fn appear(&self) -> Infallible {
        if let Some(from) = self.next_drawing.get() {
            tokio::time::sleep_until(from).await;
            self.draw();
        }
        pending().await
    }

    pub(crate) fn advance(&self) {
        self.done.set(self.done.get() + 1);
        self.draw();
    }

    fn draw(&self) {
        const WIDTH: usize = 30;
        let (done, total, now) = (self.done.get(), self.total, Instant::now());
        if self.next_drawing.get().is_some_and(|from| from <= now) {
            let full = "=".repeat((WIDTH * done / total).min(WIDTH));
            erasable(Some(&format!("[{full:WIDTH$}] {done}/{total}")));
            self.next_drawing.set(Some(now + REDRAW));
            self.is_shown.set(true);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown.get() {
            erasable(None);
        }
    }
}

/// Draws the spinner after so much time; `None` removes it.
fn spin(waited: Option<Duration>) {
    let text = waited.map(|waited| {
        let tenths = usize::try_from(waited.as_millis() / 100).unwrap_or(0);
        let picture = ['-', '\\', '|', '/'][tenths % 4];
        format!("{picture} waiting for the server, {} s", tenths / 10)
    });
    erasable(text.as_deref());
}
