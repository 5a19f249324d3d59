//! How far long work is: a bar for work in steps, a spinner for a reply that is awaited.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use super::{Output, is_dumb};
use crate::terminal::stderr::{is_terminal, passing};

impl Output {
    /// A bar for `total` steps, shown on a terminal once the work has taken `delay`.
    pub(crate) fn progress(self, total: usize, delay: Duration) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        let wanted = !self.quiet && total > 1 && is_terminal();
        Progress {
            bar,
            show_from: wanted.then(|| Instant::now() + delay),
        }
    }

    /// Shows on a terminal for how long a reply is awaited; none where nothing is to be shown.
    pub(crate) fn spinner(self) -> Option<fn(Option<Duration>)> {
        (!self.quiet && !is_dumb() && is_terminal()).then_some(spin)
    }
}

/// A progress bar that quick work never shows.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    show_from: Option<Instant>,
}

impl Progress {
    /// Lets the bar appear once it is time, for as long as this is waited for.
    pub(crate) async fn appear(&self) -> Infallible {
        if let Some(from) = self.show_from {
            tokio::time::sleep_until(from).await;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.tick();
        }
        pending().await
    }

    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// One picture of the spinner; none takes it away.
fn spin(awaited: Option<Duration>) {
    const PICTURES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
    let text = awaited.map(|awaited| {
        let tenths = usize::try_from(awaited.as_millis() / 100).unwrap_or(0);
        let picture = PICTURES[tenths % PICTURES.len()];
        format!("{picture} waiting for the server, {} s", tenths / 10)
    });
    passing(text.as_deref());
}
