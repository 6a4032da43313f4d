//! Why an estimator cannot be converted, by class, and what to do instead.

use super::step::Step;

/// The reason for a class of scikit-learn that predicts.
pub(super) fn of_predictor(class: &str) -> &'static str {
    if is_transformer(class) {
        return "it changes columns and predicts nothing: give it together with the model that was fitted on what it \
                makes, in the order in which rows go through them: model-tools convert scaler.pkl model.pkl -o model.cbor";
    }
    match class {
        "LabelEncoder" | "LabelBinarizer" | "MultiLabelBinarizer" => {
            "it only names classes: give it together with their classifier: model-tools convert model.pkl labels.pkl \
             -o model.cbor"
        }
        "ClassifierChain" => {
            "each model of the chain takes the classes that those before it predict, which is not linear"
        }
        "OutputCodeClassifier" => {
            "it lets several classifiers vote by a code; OneVsRestClassifier and OneVsOneClassifier are supported"
        }
        "StackingClassifier" => {
            "its last classifier takes the probabilities of the others, which are no linear function of the row"
        }
        _ => of_other_family(class),
    }
}

fn of_other_family(class: &str) -> &'static str {
    const TREES: &str =
        "it is made of decision trees, not of linear scores: an artifact holds linear models only";
    let has = |part: &str| class.contains(part);
    match class {
        "QuadraticDiscriminantAnalysis" => {
            "its scores are linear in the cells, their squares and products, which are not read from it yet"
        }
        "CategoricalNB" => {
            "it is linear in its categories, which are not read from it yet: OneHotEncoder before LogisticRegression is \
             supported"
        }
        _ if has("Forest") || has("Tree") || has("Boost") || has("Boosting") => TREES,
        _ if has("Neighbors") || class.starts_with("LabelSpreading") => {
            "it compares a row with those that it was fitted on, which is not linear"
        }
        _ if has("MLP") => "it is a neural network with hidden layers, not a linear model",
        _ if has("Cluster") || has("KMeans") || has("DBSCAN") || has("Mixture") => {
            "it finds groups of rows, which is no prediction of a linear model"
        }
        _ => {
            "this class is not known: what is linear in the columns of a row is supported, and what is made of that"
        }
    }
}

/// The reason for a class that is not scikit-learn's.
pub(super) fn of_another_package(step: &Step<'_>) -> String {
    if step.value.is_none() || step.value.text().is_some() {
        return "it is no estimator: what comes before it changes columns and predicts nothing"
            .to_owned();
    }
    let module = step.value.class().map_or("", |class| class.module.as_str());
    match module.split('.').next().unwrap_or_default() {
        "xgboost" => "it is a class of XGBoost: save its booster as JSON and convert that: \
                      model.get_booster().save_model(\"model.json\")"
            .to_owned(),
        "lightgbm" | "catboost" => {
            "it is made of decision trees, not of linear scores: an artifact holds linear models only".to_owned()
        }
        "imblearn" if step.value.class().is_some() => {
            "this class of imbalanced-learn is not supported: its Pipeline is, with samplers, which do nothing at \
             prediction"
                .to_owned()
        }
        _ => "it is not a class of scikit-learn, and what it predicts is not known".to_owned(),
    }
}

/// The reason for a transformer of scikit-learn.
pub(super) fn of_transformer(class: &str) -> &'static str {
    match class {
        "KernelCenterer"
        | "Nystroem"
        | "RBFSampler"
        | "PolynomialCountSketch"
        | "AdditiveChi2Sampler"
        | "SkewedChi2Sampler" => {
            "it compares rows with others by a kernel, columns that an artifact does not compute"
        }
        "KNNImputer" | "IterativeImputer" => {
            "it predicts missing cells from the others; SimpleImputer is supported"
        }
        "LabelEncoder" | "LabelBinarizer" | "MultiLabelBinarizer" => {
            "OneHotEncoder, OrdinalEncoder and TargetEncoder are supported, this is not"
        }
        "FeatureHasher" => {
            "its rows hold whatever keys they like, and an artifact's rows have columns with names: DictVectorizer is \
             supported"
        }
        _ if !is_transformer(class) => {
            "it predicts, and only the last estimator may: what comes before it has to change columns"
        }
        _ => "this transformer is not supported: docs/models.md lists those that are",
    }
}

/// Whether a class of scikit-learn changes columns and predicts nothing, by how scikit-learn names its classes.
pub(super) fn is_transformer(class: &str) -> bool {
    const ENDS: [&str; 18] = [
        "Scaler",
        "Imputer",
        "Transformer",
        "Vectorizer",
        "Hasher",
        "Discretizer",
        "Features",
        "Indicator",
        "PCA",
        "SVD",
        "ICA",
        "NMF",
        "Projection",
        "Sampler",
        "Threshold",
        "Selector",
        "Nystroem",
        "Embedding",
    ];
    const NAMES: [&str; 11] = [
        "OneHotEncoder",
        "OrdinalEncoder",
        "TargetEncoder",
        "Binarizer",
        "Normalizer",
        "FeatureUnion",
        "KernelCenterer",
        "FactorAnalysis",
        "Isomap",
        "RFE",
        "RFECV",
    ];
    NAMES.contains(&class)
        || class.starts_with("Select")
        || class == "GenericUnivariateSelect"
        || ENDS.iter().any(|end| class.ends_with(end))
}
