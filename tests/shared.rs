//! For the time being.
mod shared_host;
