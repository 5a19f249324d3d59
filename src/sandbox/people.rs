//! The accounts that live in the sandbox.

/// An account of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// Past 2^53, as X's are: a program that reads it as a floating-point number gets another one.
    pub(super) id: u64,
    pub(super) screen_name: String,
    pub(super) name: String,
    pub(super) about: &'static str,
}

const FIRST_ID: u64 = 1_900_000_000_000_000_001;
const FLEET_FIRST_ID: u64 = 1_900_000_000_000_100_000;

/// How many numbered accounts there are: `fleetbot1`, `fleetbot2` and so on. The page does not list them.
const FLEET: u64 = 9_999;

const LISTED: &[(&str, &str, &str)] = &[
    (
        "sandbot",
        "Sandbox bot",
        "Posts whatever you are trying out",
    ),
    ("weatherbot", "Sandbox weather", "Always the same forecast"),
    ("newsbot", "Sandbox news", "Nothing has happened"),
    ("readerbot", "Sandbox reader", "Reads, and seldom posts"),
];

/// The accounts the pages list, in their order.
pub(super) fn listed() -> impl Iterator<Item = Person> {
    (FIRST_ID..)
        .zip(LISTED)
        .map(|(id, (screen_name, name, about))| Person {
            id,
            screen_name: (*screen_name).to_owned(),
            name: (*name).to_owned(),
            about,
        })
}

/// The account of that name, in any case and with or without `@`.
pub(super) fn named(screen_name: &str) -> Option<Person> {
    let bare = screen_name.strip_prefix('@').unwrap_or(screen_name);
    listed()
        .find(|person| person.screen_name.eq_ignore_ascii_case(bare))
        .or_else(|| {
            let lower = bare.to_ascii_lowercase();
            let number: u64 = lower.strip_prefix("fleetbot")?.parse().ok()?;
            fleet(number).filter(|person| person.screen_name == lower)
        })
}

pub(super) fn with_id(id: u64) -> Option<Person> {
    listed()
        .find(|person| person.id == id)
        .or_else(|| fleet(id.checked_sub(FLEET_FIRST_ID)?))
}

/// An account that is not this one.
pub(super) fn other_than(person: &Person) -> Option<Person> {
    let position = listed().position(|one| one == *person);
    listed().nth(position.map_or(0, |position| (position + 1) % LISTED.len()))
}

fn fleet(number: u64) -> Option<Person> {
    (1..=FLEET).contains(&number).then(|| Person {
        id: FLEET_FIRST_ID + number,
        screen_name: format!("fleetbot{number}"),
        name: format!("Sandbox fleet {number}"),
        about: "One of many",
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_account_is_found_by_name_and_by_id() {
        for person in listed().chain([fleet(1).unwrap(), fleet(9_999).unwrap()]) {
            assert_eq!(named(&person.screen_name), Some(person.clone()));
            assert_eq!(with_id(person.id), Some(person.clone()));
            assert_ne!(other_than(&person), Some(person));
        }
        assert!(named("@SandBot").is_some());
        for none in [
            "",
            "@",
            "fleetbot0",
            "fleetbot01",
            "fleetbot+1",
            "fleetbot10000",
            "x",
        ] {
            assert_eq!(named(none), None, "{none}");
        }
    }
}
