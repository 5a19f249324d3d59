//! A picture or video file: its type by its content, and whether X accepts it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::{Failure, Kind, system_reason};
use crate::terminal::text::harmless;

/// The limit of an alt text, in characters (X's help pages, 2026-11).
const LONGEST_ALT: usize = 1_000;

/// The most pictures in one post.
const MOST: usize = 4;

/// The size of a segment, in bytes; X accepts up to 5 MB and a thousand segments.
const SEGMENT: u64 = 2 << 20;

/// What X treats it as; limits and upload depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Image,
    Gif,
    Video,
}

impl Category {
    /// X's name for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Image => "tweet_image",
            Self::Gif => "tweet_gif",
            Self::Video => "tweet_video",
        }
    }

    /// The size limit in bytes (docs.x.com, media best practices).
    fn limit(self) -> u64 {
        match self {
            Self::Image => 5 << 20,
            Self::Gif => 15 << 20,
            Self::Video => 512 << 20,
        }
    }
}

/// A file that X accepts.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    path: PathBuf,
    pub(crate) content_type: &'static str,
    pub(crate) category: Category,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) alt: Option<String>,
}

impl Media {
    /// Checks a file before anything is sent.
    pub(crate) fn new(path: &Path, alt: Option<String>) -> Result<Self, Failure> {
        let name = shown(path);
        let bad = |reason: &str| Failure::new(Kind::BadInput, format!("{name} {reason}"));
        let unreadable = |error: io::Error| {
            bad(&format!("could not be read: {}", system_reason(&error)))
                .hint("check the file's name and permissions")
        };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        // Opening a FIFO would block.
        if !metadata.is_file() {
            return Err(bad("is not a regular file").hint("use a picture or a video"));
        }
        let mut start = Vec::new();
        File::open(path)
            .and_then(|file| file.take(32).read_to_end(&mut start))
            .map_err(unreadable)?;
        let (content_type, category) = recognized(&start).ok_or_else(|| {
            Failure::usage(format!("{name} is not a supported type"))
                .hint("use a PNG, JPEG, GIF or WebP picture, or an MP4 or QuickTime video")
        })?;
        let size = metadata.len();
        if size > category.limit() {
            let (size, limit) = (size.div_ceil(1 << 20), category.limit() >> 20);
            let reason = format!(
                "{name} is too large: {size} MB; the limit for {content_type} is {limit} MB"
            );
            return Err(Failure::usage(reason).hint("use a smaller file"));
        }
        if let Some(alt) = &alt {
            check_alt(alt)?;
        }
        Ok(Self {
            path: path.to_owned(),
            content_type,
            category,
            size,
            alt,
        })
    }

    /// The file's name, for messages.
    pub(crate) fn shown(&self) -> String {
        shown(&self.path)
    }

    /// Whether one request uploads all of it. Files that X processes are uploaded in segments.
    pub(crate) fn is_small(&self) -> bool {
        self.category == Category::Image
    }

    /// The number of pieces in which it is uploaded.
    pub(crate) fn pieces(&self) -> u64 {
        if self.is_small() {
            1
        } else {
            self.size.div_ceil(SEGMENT)
        }
    }

    /// One of its pieces. Fails if the file changed since it was checked.
    pub(crate) fn piece(&self, index: u64) -> Result<Vec<u8>, Failure> {
        let (from, length) = if self.is_small() {
            (0, self.size)
        } else {
            let from = index * SEGMENT;
            (from, SEGMENT.min(self.size - from))
        };
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(from))?;
            file.take(length).read_to_end(&mut bytes)
        });
        match read {
            Ok(read) if read as u64 == length => Ok(bytes),
            _ => Err(Failure::new(
                Kind::BadInput,
                format!("{} changed during the upload", self.shown()),
            )),
        }
    }
}

/// Rejects files that X does not accept in one post: it accepts four pictures, or one GIF, or one video.
pub(crate) fn check_together(media: &[Media]) -> Result<(), Failure> {
    let refuse = |reason: &str| {
        Err(Failure::usage(reason)
            .hint("a post can have up to four pictures, or one GIF, or one video"))
    };
    if media.len() > MOST {
        return refuse("a post can have at most four files");
    }
    if media.len() > 1 && media.iter().any(|one| one.category != Category::Image) {
        return refuse("a GIF or video cannot be combined with other files");
    }
    Ok(())
}

fn check_alt(alt: &str) -> Result<(), Failure> {
    let length = alt.chars().count();
    let reason = match length {
        0 => "the alt text is empty".to_owned(),
        1..=LONGEST_ALT => return Ok(()),
        _ => format!("the alt text is too long: {length} characters, the limit is {LONGEST_ALT}"),
    };
    Err(Failure::usage(reason).hint("describe the picture in up to 1,000 characters"))
}

/// The content type by the first bytes; the file's name is ignored.
fn recognized(start: &[u8]) -> Option<(&'static str, Category)> {
    let at = |from: usize, bytes: &[u8]| {
        start
            .get(from..)
            .is_some_and(|rest| rest.starts_with(bytes))
    };
    if at(0, b"\x89PNG\r\n\x1a\n") {
        Some(("image/png", Category::Image))
    } else if at(0, b"\xff\xd8\xff") {
        Some(("image/jpeg", Category::Image))
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some(("image/webp", Category::Image))
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some(("image/gif", Category::Gif))
    } else if at(4, b"ftypqt  ") {
        Some(("video/quicktime", Category::Video))
    } else if at(4, b"ftyp") && !STILLS.iter().any(|brand| at(8, brand)) {
        Some(("video/mp4", Category::Video))
    } else {
        None
    }
}

/// Brands of the same container that are pictures or sound: AVIF, HEIF, M4A.
const STILLS: [&[u8]; 7] = [b"avi", b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"M4A"];

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy())
}
