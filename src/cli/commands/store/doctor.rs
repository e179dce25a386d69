//! The store's part of `ccadmin doctor`: what it is, and what is wrong with it.

use super::finding::Finding;
use super::{check, info};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandEnd;

/// What a report says of the store.
pub(crate) type StoreReport = info::StoreView;

/// The store and what is wrong with it and with the way it is installed; the first is `None` where it
/// cannot be opened, which the second then tells.
///
/// # Errors
///
/// There is nobody left to tell, or a signal has come.
pub(crate) fn examine(
    context: &Context,
) -> Result<(Option<StoreReport>, Vec<Finding>), CommandEnd> {
    let findings = match check::findings(context) {
        Ok(findings) => findings,
        Err(CommandEnd::Failed(failure)) => return Ok((None, vec![(*failure).into()])),
        Err(end) => return Err(end),
    };
    let view = context.directory(StoreAccess::Read).map_err(CommandEnd::from);
    let view = view.and_then(|directory| info::view(context, &directory));
    Ok((view.ok().map(StoreReport::without_secrets), findings))
}
