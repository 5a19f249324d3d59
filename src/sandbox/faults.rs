//! The troubles the sandbox can rehearse, by name.

macro_rules! faults {
    ($($variant:ident $name:literal)+) => {
        /// A trouble to rehearse, for as long as the server runs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $($variant),+ }

        impl Fault {
            /// Each fault with the name it is chosen by.
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
