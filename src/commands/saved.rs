//! What a save of the credentials file has to tell.

use crate::output::Output;
use crate::store::Saved;

pub(super) fn tell(saved: &Saved, output: Output) {
    if saved.tightened {
        output.say(
            "the credentials file was readable by others: it is now readable by its owner alone (mode 0600)",
        );
    }
    if saved.other_names {
        output
            .warn("the credentials file had further names (hard links): they keep the old content");
    }
}
