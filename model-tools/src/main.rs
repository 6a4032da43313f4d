//! `model-tools`: the command line around the models that sagelet serves.

fn main() {}
