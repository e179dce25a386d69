//! Rosters in a store in memory.
