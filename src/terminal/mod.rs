//! The terminal: its state (restored after an answer, a signal or a stop), its width and its characters.

#[cfg(windows)]
pub(crate) mod console;
pub(crate) mod stderr;
pub(crate) mod text;

/// Whether the terminal shows other characters than ASCII: in a UTF-8 locale, and in every console of Windows.
pub(crate) fn takes_unicode() -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let mut values = names.into_iter().filter_map(std::env::var_os);
    let locale = values.find(|value| !value.is_empty()).unwrap_or_default();
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(unix)]
pub(crate) use unix::{
    Guard, columns, input_has_ended, input_is_ready, interruption, pass_on, restore_on_panic,
    survive_file_limits, takes_escapes, wait_for_input,
};

#[cfg(windows)]
pub(crate) use windows::{
    columns, input_has_ended, input_is_ready, interruption, pass_on, restore_on_panic,
    survive_file_limits, takes_escapes, wait_for_input,
};

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::future::pending;
    use std::io::{self, BufRead as _, IsTerminal};
    use std::pin::pin;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use futures_util::future::{Either, select, select_all};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, Signal, getpgrp, getpid, kill_process};
    use rustix::termios::{LocalModes, OptionalActions, Termios};
    use rustix::termios::{tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr};
    use tokio::signal::unix::{SignalKind, signal};

    use crate::terminal::stderr::ask;

    /// The question that is being asked.
    static ASKED: Mutex<Option<Asked>> = Mutex::new(None);

    struct Asked {
        question: String,
        /// The terminal's state before a question that hides its answer, and during it.
        modes: Option<(Termios, Termios)>,
    }

    /// Asks a question at the terminal of standard input, again after Ctrl-Z and `fg`, and may hide the answer, until it
    /// is dropped. Only the thread that owns it, which also receives the signals, changes the terminal; so nothing can
    /// change it again after the end.
    #[derive(Debug)]
    pub(crate) struct Guard;

    impl Guard {
        /// Asks `question` and hides the answer.
        pub(crate) async fn hiding(question: &str) -> Self {
            Self::asking(question, true).await
        }

        /// Asks `question` and shows the answer.
        pub(crate) async fn showing(question: &str) -> Self {
            Self::asking(question, false).await
        }

        async fn asking(question: &str, hides: bool) -> Self {
            // Signals are received from the first pause on, which has to be before the terminal is changed.
            tokio::task::yield_now().await;
            watch_stops();
            let modes = tcgetattr(io::stdin()).ok().filter(|_| hides);
            let modes = modes.map(|before| {
                let mut during = before.clone();
                during.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, &during);
                (before, during)
            });
            *asked() = Some(Asked {
                question: question.to_owned(),
                modes,
            });
            ask(question);
            Self
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            let mut asked = asked();
            restore(asked.as_ref());
            *asked = None;
        }
    }

    /// Waits until a line is typed at the terminal. Reading at once would stop the program for good where it goes on
    /// in the background only to be ended.
    pub(crate) fn wait_for_input() {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return;
        }
        let mut stdin = [PollFd::new(&stdin, PollFlags::IN)];
        while poll(&mut stdin, None) == Err(rustix::io::Errno::INTR) {}
    }

    /// Whether a read of standard input would return at once: with something, or with its end.
    pub(crate) fn input_is_ready() -> bool {
        let stdin = io::stdin();
        let mut stdin = [PollFd::new(&stdin, PollFlags::IN)];
        let now = Timespec::default();
        poll(&mut stdin, Some(&now)).is_ok_and(|ready| ready > 0)
    }

    /// Whether standard input is known to have come to its end.
    pub(crate) fn input_has_ended() -> bool {
        input_is_ready() && io::stdin().lock().fill_buf().is_ok_and(<[u8]>::is_empty)
    }

    fn asked() -> MutexGuard<'static, Option<Asked>> {
        ASKED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn restore(asked: Option<&Asked>) {
        if let Some((before, _)) = asked.and_then(|asked| asked.modes.as_ref())
            && is_in_foreground()
        {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }

    /// A panic ends the program without dropping the guard.
    pub(crate) fn restore_on_panic() {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // If the panic came while the state was being changed, waiting for it would never end.
            if let Ok(asked) = ASKED.try_lock() {
                restore(asked.as_ref());
            }
            report(panic);
        }));
    }

    /// In the background the terminal belongs to another program, and changing it would stop this one.
    fn is_in_foreground() -> bool {
        !tcgetpgrp(io::stdin()).is_ok_and(|group| group != getpgrp())
    }

    /// A file that may not grow (`ulimit -f`) is an error of the write, as a full disk is, and not the program's end.
    pub(crate) fn survive_file_limits() {
        let _ = signal(SignalKind::from_raw(Signal::XFSZ.as_raw()));
    }

    /// Every terminal does.
    pub(crate) fn takes_escapes() -> bool {
        true
    }

    /// The width of standard output's terminal; `None` if it is not a terminal or does not tell.
    pub(crate) fn columns() -> Option<usize> {
        let size = tcgetwinsize(io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }

    /// Every signal that ends a program and may be caught. Not those of a fault of its own (a handler would return
    /// into the fault), PIPE and XFSZ, which are errors of the write, and the numbered ones for real-time programs.
    const ENDS: [Signal; 12] = [
        Signal::INT,
        Signal::TERM,
        Signal::HUP,
        Signal::QUIT,
        Signal::ABORT,
        Signal::ALARM,
        Signal::USR1,
        Signal::USR2,
        Signal::XCPU,
        Signal::SYS,
        Signal::VTALARM,
        Signal::PROF,
    ];

    /// Resolves when the user or the system ends the program, with the exit code that says so. Signals are noticed
    /// from the call on.
    pub(crate) fn interruption() -> impl Future<Output = u8> {
        let mut waits = Vec::new();
        let ignored = ignored();
        for signal_that_ends in ENDS {
            let kind = SignalKind::from_raw(signal_that_ends.as_raw());
            if ignored >> (kind.as_raw_value() - 1) & 1 == 1 {
                continue;
            }
            if let Ok(mut arrivals) = signal(kind) {
                waits.push(Box::pin(async move {
                    arrivals.recv().await;
                    kind
                }));
            }
        }
        async move {
            if waits.is_empty() {
                return pending().await;
            }
            let (kind, _, _) = select_all(waits).await;
            u8::try_from(128 + kind.as_raw_value()).unwrap_or(130)
        }
    }

    /// Passes the signal that [`interruption`] told of on to the child with that process id. One that the terminal
    /// sends goes to the child by itself.
    pub(crate) fn pass_on(exit_code: u8, child: u32) {
        let signal = Signal::from_named_raw(i32::from(exit_code) - 128);
        let child = i32::try_from(child).ok().and_then(Pid::from_raw);
        let (Some(signal), Some(child)) = (signal, child) else {
            return;
        };
        let terminal = File::open("/dev/tty").and_then(|tty| Ok(tcgetpgrp(tty)?));
        let is_foreground = terminal.is_ok_and(|group| group == getpgrp());
        if !(is_foreground && [Signal::INT, Signal::QUIT].contains(&signal)) {
            let _ = kill_process(child, signal);
        }
    }

    /// The signals that whoever started the program had it ignore (`nohup`, a shell's background job), one bit each
    /// from number 1 up. Elsewhere than on Linux the system does not tell without unsafe code.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .unwrap_or(0)
    }

    /// From the first question on, handles Ctrl-Z and `fg`.
    fn watch_stops() {
        static WATCHED: AtomicBool = AtomicBool::new(false);
        if WATCHED.swap(true, Ordering::Relaxed) {
            return;
        }
        let stop = signal(SignalKind::from_raw(Signal::TSTP.as_raw()));
        let resume = signal(SignalKind::from_raw(Signal::CONT.as_raw()));
        if let (Ok(mut stop), Ok(mut resume)) = (stop, resume) {
            tokio::spawn(async move {
                loop {
                    match select(pin!(stop.recv()), pin!(resume.recv())).await {
                        Either::Left(_) => {
                            restore(asked().as_ref());
                            let _ = kill_process(getpid(), Signal::STOP);
                        }
                        Either::Right(_) => ask_again(),
                    }
                }
            });
        }
    }

    /// Back in the foreground, the terminal may show other things, and its state is the shell's.
    fn ask_again() {
        if let Some(asked) = asked().as_ref()
            && is_in_foreground()
        {
            if let Some((_, during)) = &asked.modes {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, during);
            }
            ask(&asked.question);
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::future::{Future, pending};
    use std::pin::Pin;

    use futures_util::future::select_all;
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};

    use super::console;

    pub(crate) use console::takes_escapes;

    /// Reading waits by itself.
    pub(crate) fn wait_for_input() {}

    /// The system does not tell without a read that waits.
    pub(crate) fn input_is_ready() -> bool {
        true
    }

    /// The same.
    pub(crate) fn input_has_ended() -> bool {
        false
    }

    /// There is no signal for it.
    pub(crate) fn survive_file_limits() {}

    /// A console that does not show what is typed does so for single keys only.
    pub(crate) fn restore_on_panic() {}

    pub(crate) use console::columns;

    /// Resolves when the user or the system ends the program, with the exit code that says so: that of an interrupt for
    /// the keys, that of a termination where the window is closed or the session ends. They are noticed from the call on.
    pub(crate) fn interruption() -> impl Future<Output = u8> {
        let mut ends: Vec<Pin<Box<dyn Future<Output = u8>>>> = Vec::new();
        macro_rules! end {
            ($arrivals:expr, $exit_code:literal) => {
                if let Ok(mut arrivals) = $arrivals {
                    ends.push(Box::pin(async move {
                        arrivals.recv().await;
                        $exit_code
                    }));
                }
            };
        }
        end!(ctrl_c(), 130);
        end!(ctrl_break(), 130);
        end!(ctrl_close(), 143);
        end!(ctrl_logoff(), 143);
        end!(ctrl_shutdown(), 143);
        async move {
            if ends.is_empty() {
                return pending().await;
            }
            let (exit_code, _, _) = select_all(ends).await;
            console::restore();
            exit_code
        }
    }

    /// Consoles send Ctrl-C to every program in them.
    pub(crate) fn pass_on(_: u8, _: u32) {}
}

// The crate lends no terminal to a child on macOS.
#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use rustix::termios::{LocalModes, tcgetattr};

    use super::{Guard, restore_on_panic};

    /// Set for the copy of this test that panics.
    const PANICS: &str = "PANICS_AT_A_HIDDEN_QUESTION";

    #[test]
    fn a_panic_at_a_hidden_question_leaves_the_terminal_as_it_was() {
        if std::env::var_os(PANICS).is_some() {
            return panic_at_a_hidden_question();
        }
        let (pty, pts) = pty_process::blocking::open().unwrap();
        let before = tcgetattr(&pty).unwrap().local_modes;
        let name = std::thread::current().name().unwrap().to_owned();
        let mut child = pty_process::blocking::Command::new(std::env::current_exe().unwrap())
            .args([&name, "--exact", "--nocapture"])
            .env(PANICS, "1")
            .spawn_borrowed(&pts)
            .unwrap();
        // 101: it panicked. Anything else: it did not come so far.
        assert_eq!(child.wait().unwrap().code(), Some(101));
        assert_eq!(tcgetattr(&pty).unwrap().local_modes, before);
    }

    fn panic_at_a_hidden_question() {
        restore_on_panic();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(async {
            // The released program ends where it panics, without dropping anything.
            std::mem::forget(Guard::hiding("secret: ").await);
        });
        let modes = tcgetattr(std::io::stdin()).unwrap().local_modes;
        assert!(modes.contains(LocalModes::ECHO), "at a hidden question");
    }
}
