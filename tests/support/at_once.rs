//! Many cases beside one another, for tests that mostly wait.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

/// No more than this many, so that on two cores each still has its share of the time it is given.
const AT_ONCE: usize = 12;

/// Tests every case, several at once, and panics with all those that failed.
pub(crate) fn at_once<Case: Debug>(
    cases: impl IntoIterator<Item = Case, IntoIter: Send>,
    test: impl Fn(Case) + Sync,
) {
    let cases = Mutex::new(cases.into_iter());
    let next = || cases.lock().unwrap().next();
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = next() {
                    let name = format!("{case:?}");
                    if catch_unwind(AssertUnwindSafe(|| test(case))).is_err() {
                        failed.lock().unwrap().push(name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "these failed: {failed:#?}");
}
