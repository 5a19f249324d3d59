//! twarc's files: version 1 writes INI with a section per profile, version 2 `name = 'value'` without any section.

use super::assignments::{self, Dialect};
use super::{Broken, Format, Found, ini, recognise};

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    if !recognise::has_section(text) {
        return assignments::accounts(text, Dialect::Python, Format::Twarc);
    }
    let mut found = ini::read(text)?;
    found.format = Format::Twarc;
    Ok(found)
}
