//! The terminal's state, given back on every way out: an answer, a signal, a stop in the background.

#[cfg(unix)]
pub(crate) use unix::{Guard, columns, interruption};

#[cfg(not(unix))]
pub(crate) use other::{Guard, columns, interruption};

#[cfg(unix)]
mod unix {
    use std::future::pending;
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use futures_util::future::select_all;
    use rustix::process::{Signal, getpid, kill_process};
    use rustix::termios::{
        LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr,
    };
    use tokio::signal::unix::{SignalKind, signal};

    /// The state to go back to, while a prompt may have changed it.
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    /// Gives the terminal of standard input its state back when dropped.
    #[derive(Debug)]
    pub(crate) struct Guard;

    impl Guard {
        pub(crate) fn new() -> Self {
            *before() = tcgetattr(io::stdin()).ok();
            Self
        }

        /// Keeps the terminal from showing what is typed, too; none where it cannot be kept from it.
        pub(crate) fn hiding() -> Option<Self> {
            let guard = Self::new();
            let mut hidden = tcgetattr(io::stdin()).ok()?;
            hidden.local_modes.remove(LocalModes::ECHO);
            tcsetattr(io::stdin(), OptionalActions::Flush, &hidden).ok()?;
            Some(guard)
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            restore();
            *before() = None;
        }
    }

    fn before() -> std::sync::MutexGuard<'static, Option<Termios>> {
        BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn restore() {
        if let Some(termios) = before().as_ref() {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, termios);
        }
    }

    /// How wide the terminal of standard output is; none where there is no terminal or it does not tell.
    pub(crate) fn columns() -> Option<usize> {
        let size = tcgetwinsize(io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }

    /// Resolves when the user or the system ends the program, with the exit code that says so.
    pub(crate) async fn interruption() -> u8 {
        let ends = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
            SignalKind::quit(),
        ];
        let mut waits = Vec::new();
        for kind in ends {
            if let Ok(mut arrivals) = signal(kind) {
                waits.push(Box::pin(async move {
                    arrivals.recv().await;
                    kind
                }));
            }
        }
        if waits.is_empty() {
            return pending().await;
        }
        let stops = Box::pin(stops());
        let ended = futures_util::future::select(select_all(waits), stops).await;
        match ended {
            futures_util::future::Either::Left(((kind, _, _), _))
                if kind == SignalKind::interrupt() =>
            {
                130
            }
            futures_util::future::Either::Left(((kind, _, _), _)) => {
                u8::try_from(128 + kind.as_raw_value()).unwrap_or(130)
            }
            futures_util::future::Either::Right((never, _)) => match never {},
        }
    }

    /// Ctrl-Z: the terminal goes back to how it was for as long as the program is stopped.
    async fn stops() -> std::convert::Infallible {
        let Ok(mut arrivals) = signal(SignalKind::from_raw(Signal::TSTP.as_raw())) else {
            return pending().await;
        };
        loop {
            arrivals.recv().await;
            let during = before().as_ref().and_then(|_| tcgetattr(io::stdin()).ok());
            restore();
            let _ = kill_process(getpid(), Signal::STOP);
            if let Some(termios) = during {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, &termios);
            }
        }
    }
}

#[cfg(not(unix))]
mod other {
    /// Consoles elsewhere keep their state by handle; there is nothing to give back.
    #[derive(Debug)]
    pub(crate) struct Guard;

    impl Guard {
        pub(crate) fn new() -> Self {
            Self
        }

        /// Only where questions can be shown on the console as well.
        pub(crate) fn hiding() -> Option<Self> {
            None
        }
    }

    /// Consoles elsewhere break long lines themselves.
    pub(crate) fn columns() -> Option<usize> {
        None
    }

    /// Resolves when the user ends the program, with the exit code that says so.
    pub(crate) async fn interruption() -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 130,
            Err(_) => std::future::pending().await,
        }
    }
}
