//! Names of Linear Learner that have no effect on an exact solver.

use super::entry::{Entry, not_needed, without_use};

/// The names, in the order of the docs.
pub(super) const UNNEEDED: &[Entry] = &[
    not_needed("unbias_data"),
    not_needed("unbias_label"),
    not_needed("optimizer"),
    not_needed("learning_rate"),
    not_needed("momentum"),
    not_needed("beta_1"),
    not_needed("beta_2"),
    not_needed("bias_lr_mult"),
    not_needed("use_lr_scheduler"),
    not_needed("lr_scheduler_step"),
    not_needed("lr_scheduler_factor"),
    not_needed("lr_scheduler_minimum_lr"),
    not_needed("mini_batch_size"),
    not_needed("epochs"),
    not_needed("init_method"),
    not_needed("init_scale"),
    not_needed("init_sigma"),
    not_needed("init_bias"),
    not_needed("num_point_for_scaler"),
    without_use("quantile"),
    without_use("huber_delta"),
    without_use("loss_insensitivity"),
    without_use("margin"),
];
