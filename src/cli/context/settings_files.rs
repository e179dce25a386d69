//! The settings files of a call: where they are, and what they come to together.

use std::path::{Path, PathBuf};

use super::store_place::{StorePlace, find_store, path_in_file, same_file, store_path};
use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandEnd};
use crate::cli::global_args::GlobalArgs;
use crate::config::{EffectiveSetting, Layer, Layers, ResolvedSettings};
use crate::privilege::{self, SITE_SETTINGS};

/// The user's file: the one that the call or the environment names, else the one in its usual place.
/// `None` where there is no home.
pub(crate) fn user_file(global: &GlobalArgs, environment: &Environment) -> Option<PathBuf> {
    named_file(global, environment).or_else(|| environment.user_config())
}

/// The file that the call or the environment names in the place of the user's.
fn named_file(global: &GlobalArgs, environment: &Environment) -> Option<PathBuf> {
    global.config.as_ref().or(environment.config.as_ref()).map(PathBuf::from)
}

/// Reads the files that there are; one that is named has to be there.
pub(super) fn read(global: &GlobalArgs, environment: &Environment) -> Result<Layers, CliError> {
    let reader = Some(privilege::real_uid());
    let user = match (named_file(global, environment), environment.user_config()) {
        (Some(path), _) => Some(Layer::read_required(&path, reader)?),
        (None, Some(path)) => Layer::read(&path, reader)?,
        (None, None) => None,
    };
    Ok(Layers { system: Layer::read(Path::new(SITE_SETTINGS), None)?, user })
}

/// What the files come to for the store that is used.
pub(super) fn resolve(
    layers: &Layers,
    store: Option<&StorePlace>,
    environment: &Environment,
) -> Result<ResolvedSettings, CliError> {
    let resolved = layers.resolve(|database| {
        let site = Path::new(SITE_SETTINGS);
        let named = store_path(database);
        let named = named.map(|path| path_in_file(site, &path, environment.home_folder()));
        named.ok().zip(store).is_some_and(|(named, used)| same_file(&named, &used.path))
    });
    Ok(resolved?)
}

/// What the files come to in a call, before a flag or the environment has its say.
pub(crate) fn resolve_for_call(
    layers: &Layers,
    global: &GlobalArgs,
    environment: &Environment,
) -> Result<ResolvedSettings, CliError> {
    let store = find_store(global, environment, layers)?;
    resolve(layers, store.as_ref(), environment)
}

/// The setting `name`.
///
/// # Errors
///
/// There is none.
pub(crate) fn find_setting<'r>(
    resolved: &'r ResolvedSettings,
    name: &str,
) -> Result<EffectiveSetting<'r>, CliError> {
    resolved.entries().find(|entry| entry.name == name).ok_or_else(|| {
        let refused = crate::config::unknown_setting(name);
        let hint = refused.hint.unwrap_or_else(|| "`ccadmin config list` shows all".to_owned());
        CommandEnd::usage(refused.message).with_hint(hint)
    })
}
