//! Formats a moment as local date and time. The time zone file is read only if that cannot block or fill the memory.

use std::env;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::error::{Failure, Kind};

/// The size limit of a time zone file, in bytes; real ones are far smaller.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// The folders of time zone files.
const FOLDERS: [&str; 3] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/etc/zoneinfo",
];

/// The file is not a regular file, or is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unusable;

/// Rejects a `TZ` that names a device, a FIFO or a huge file. Checked before anything is sent.
pub(crate) fn check_zone() -> Result<(), Failure> {
    if env::var_os("TZ").is_none() {
        return Ok(());
    }
    local_zone().map(drop).map_err(|Unusable| {
        let reason = "TZ does not name a regular file of at most 16 MiB";
        Failure::new(Kind::Usage, reason)
            .hint("set TZ to the name of a time zone, such as Europe/Berlin, or unset it")
    })
}

/// Unix seconds as a local date and time.
pub(crate) fn local_time(seconds: i64) -> Option<String> {
    let zone = local_zone().unwrap_or(TimeZone::UTC);
    in_zone(seconds, &zone, SystemTime::now())
}

fn in_zone(seconds: i64, zone: &TimeZone, now: SystemTime) -> Option<String> {
    let local = |moment: Timestamp| moment.to_zoned(zone.clone());
    let time = local(Timestamp::from_second(seconds).ok()?);
    // A clock may be wrong by thousands of years.
    let today = Timestamp::try_from(now).ok().map(|now| local(now).date());
    let format = if today == Some(time.date()) {
        "%H:%M:%S %Z"
    } else {
        "%Y-%m-%d %H:%M:%S %Z"
    };
    Some(time.strftime(format).to_string())
}

/// The zone that `TZ` names (tzset(3)), else the system's.
fn local_zone() -> Result<TimeZone, Unusable> {
    let folder = env::var_os("TZDIR");
    match env::var("TZ") {
        Ok(named) => named_zone(&named, folder.as_deref().map(Path::new)),
        Err(_) if cfg!(unix) => Ok(of_file(Path::new("/etc/localtime"))?.unwrap_or(TimeZone::UTC)),
        Err(_) => Ok(TimeZone::system()),
    }
}

fn named_zone(named: &str, folder: Option<&Path>) -> Result<TimeZone, Unusable> {
    let named = named.strip_prefix(':').unwrap_or(named);
    let path = Path::new(named);
    if path.is_absolute() {
        return Ok(of_file(path)?.unwrap_or(TimeZone::UTC));
    }
    if named.is_empty() {
        return Ok(TimeZone::UTC);
    }
    if let Ok(zone) = TimeZone::posix(named) {
        return Ok(zone);
    }
    let folders = folder.into_iter().chain(FOLDERS.map(Path::new));
    for folder in folders {
        if let Some(zone) = of_file(&folder.join(path))? {
            return Ok(zone);
        }
    }
    let bundled = TimeZoneDatabase::bundled().get(named);
    Ok(bundled.unwrap_or(TimeZone::UTC))
}

/// The zone in a file; `None` if it cannot be read or contains no zone.
fn of_file(path: &Path) -> Result<Option<TimeZone>, Unusable> {
    let Ok(metadata) = path.metadata() else {
        return Ok(None);
    };
    if metadata.is_dir() {
        return Ok(None);
    }
    // Checked before it is opened: opening a FIFO blocks.
    if !metadata.is_file() || metadata.len() > SIZE_LIMIT {
        return Err(Unusable);
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(SIZE_LIMIT).read_to_end(&mut bytes));
    Ok(read.ok().and_then(|_| TimeZone::tzif("Local", &bytes).ok()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

    #[test]
    fn the_date_is_shown_where_it_is_not_today_and_no_clock_breaks_it() {
        let zone = named_zone(BERLIN, None).unwrap();
        let noon = 1_795_000_000;
        // Not every system counts that far.
        let after = |seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        let shown = |now| in_zone(noon, &zone, now).unwrap();
        let soon = after(1_795_000_100).unwrap();
        assert_eq!(shown(soon), "12:06:40 CET");
        let others = [
            Some(UNIX_EPOCH),
            UNIX_EPOCH.checked_sub(Duration::from_secs(86_400 * 365 * 100)),
            after(1_795_100_000),
            after(253_402_300_800),
            after(1 << 60),
        ];
        for now in others.into_iter().flatten() {
            assert_eq!(shown(now), "2026-11-18 12:06:40 CET", "{now:?}");
        }
        assert_eq!(in_zone(i64::MAX, &zone, UNIX_EPOCH), None);
    }

    #[test]
    fn a_zone_is_named_by_a_rule_a_name_or_a_file() {
        let offset = |named: &str, folder| {
            let zone = named_zone(named, folder).unwrap();
            zone.to_offset(Timestamp::from_second(1_795_000_000).unwrap())
                .seconds()
        };
        for (named, seconds) in [
            ("UTC", 0),
            ("", 0),
            (":", 0),
            (BERLIN, 3600),
            ("EST5EDT", -18_000),
            ("Asia/Tokyo", 32_400),
            (":Asia/Tokyo", 32_400),
            ("No/Such", 0),
            ("/no/such/file", 0),
            ("/", 0),
        ] {
            assert_eq!(offset(named, None), seconds, "{named}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(offset("Asia/Tokyo", Some(folder.path())), 32_400);
        std::fs::write(folder.path().join("Here"), "no zone").unwrap();
        assert_eq!(offset("Here", Some(folder.path())), 0);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_of_sensible_size_is_never_opened() {
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large");
        let file = File::create(&large).unwrap();
        file.set_len(SIZE_LIMIT + 1).unwrap();
        let (large, folder) = (large.to_str().unwrap(), Some(folder.path()));
        for named in ["/dev/zero", ":/dev/zero", large, "large"] {
            assert_eq!(named_zone(named, folder), Err(Unusable), "{named}");
        }
    }
}
