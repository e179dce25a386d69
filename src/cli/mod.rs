//! What a person or a script sees: arguments, prompts, tables, JSON, exit codes.
#![cfg_attr(not(test), expect(dead_code, reason = "no command uses it yet"))]

mod terminal;
