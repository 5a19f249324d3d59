//! The failures that the sandbox can simulate, by name.

macro_rules! faults {
    ($($variant:ident $name:literal)+) => {
        /// A failure to simulate, for as long as the server runs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $($variant),+ }

        impl Fault {
            /// Each fault with its name.
            pub(crate) const ALL: &[(&str, Self)] = &[$(($name, Self::$variant)),+];
        }
    };
}

faults! {
    ReadOnly "read-only"
    Duplicate "duplicate"
    NoCredits "no-credits"
    RateLimit "rate-limit"
    Locked "locked"
    Suspended "suspended"
    OverCapacity "over-capacity"
    GatewayPage "gateway-page"
    ClockSkew "clock-skew"
    Slow "slow"
    Reset "reset"
    WrongAccount "wrong-account"
}
