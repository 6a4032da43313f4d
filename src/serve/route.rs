//! Which path stands for what. A path is matched here, once per request.
//!
//! | path | for |
//! | --- | --- |
//! | `/health`, `/version` | MLflow's server, and programs that look for them |
//! | `/ping`, `/invocations`, `/execution-parameters` | SageMaker hosting and batch transform |
//! | `/endpoints/NAME/invocations` | the same as `/invocations`, for boto3 |
//! | `/models`, `/models/NAME`, `/models/NAME/invoke` | SageMaker multi-model endpoints |
//! | `/metrics` | Prometheus, and SageMaker's detailed observability |
//! | `/`, `/v1/models…` | KServe V1 |
//! | `/v2…` | Open Inference V2 |

use crate::MODEL_VERSION;

/// What a path stands for. Names of models have no percent-encoding left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// `/ping`, `/health`
    Ping,
    /// `/version`
    Version,
    /// `/invocations`, `/endpoints/NAME/invocations`
    Invocations,
    /// `/execution-parameters`
    ExecutionParameters,
    /// `/metrics`
    Metrics,
    /// `/models`
    Models,
    /// `/models/NAME`
    Model(String),
    /// `/models/NAME/invoke`
    ModelInvoke(String),
    /// `/`
    KServe,
    /// `/v1/models`
    KServeModels,
    /// `/v1/models/NAME`
    KServeModel(String),
    /// `/v1/models/NAME:predict`
    KServePredict(String),
    /// `/v1/models/NAME:explain`
    KServeExplain(String),
    /// `/v2`
    OpenInference,
    /// `/v2/health/live`
    OpenInferenceLive,
    /// `/v2/health/ready`
    OpenInferenceReady,
    /// `/v2/models/NAME`, `/v2/models/NAME/versions/1`
    OpenInferenceModel(String),
    /// `/v2/models/NAME/ready`, `/v2/models/NAME/versions/1/ready`
    OpenInferenceModelReady(String),
    /// `/v2/models/NAME/infer`, `/v2/models/NAME/versions/1/infer`
    OpenInferenceInfer(String),
    /// `/v2/models/NAME/config`, `/v2/models/NAME/versions/1/config`
    OpenInferenceConfig(String),
    /// `/v2/models/NAME/stats`, `/v2/models/NAME/versions/1/stats`
    OpenInferenceStatistics(String),
    /// `/v2/models`
    OpenInferenceModels,
    /// `/v2/models/stats`
    OpenInferenceAllStatistics,
    /// `/v2/repository/index`
    OpenInferenceIndex,
    /// Nothing, though the path may begin like those of a group.
    Unknown(Group),
}

/// Routes that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Ping,
    Invocations,
    ExecutionParameters,
    Metrics,
    Models,
    KServe,
    OpenInference,
    Other,
    /// Requests that the transport refused, whatever their path.
    Transport,
}

impl Route {
    /// Matches a path without its query.
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/ping" | "/health" => return Self::Ping,
            "/invocations" => return Self::Invocations,
            "/execution-parameters" => return Self::ExecutionParameters,
            "/metrics" => return Self::Metrics,
            _ => {}
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            [""] => Self::KServe,
            ["version"] => Self::Version,
            ["models", rest @ ..] => models(rest),
            // Where boto3 sends predictions to if its `endpoint_url` is this server.
            ["endpoints", _, "invocations"] => Self::Invocations,
            ["v1", rest @ ..] => kserve(rest),
            ["v2", rest @ ..] => open_inference(rest),
            _ => Self::Unknown(Group::Other),
        }
    }

    /// The methods that the path takes.
    pub(super) fn methods(&self) -> &'static [&'static str] {
        match self {
            // The guide's text says POST where its health checks send GET: both are answered.
            Self::Ping => &["GET", "HEAD", "POST"],
            Self::Invocations
            | Self::ModelInvoke(_)
            | Self::KServePredict(_)
            | Self::KServeExplain(_)
            | Self::OpenInferenceInfer(_)
            | Self::OpenInferenceIndex => &["POST"],
            Self::Models => &["GET", "HEAD", "POST"],
            Self::Model(_) => &["GET", "HEAD", "DELETE"],
            _ => &["GET", "HEAD"],
        }
    }

    /// Whether answering a request reads a file, or waits for other requests.
    pub(super) fn is_slow(&self, method: &str) -> bool {
        matches!(self, Self::Models | Self::Model(_)) && !is_get(method)
    }

    /// The model whose rows a request brings: by its name, where the path has one. None if the path takes no rows.
    pub(super) fn model(&self) -> Option<Option<&str>> {
        match self {
            Self::Invocations => Some(None),
            Self::ModelInvoke(name)
            | Self::KServePredict(name)
            | Self::KServeExplain(name)
            | Self::OpenInferenceInfer(name) => Some(Some(name)),
            _ => None,
        }
    }

    /// The group with which requests are counted.
    pub(super) fn group(&self) -> Group {
        match self {
            Self::Ping | Self::OpenInferenceLive | Self::OpenInferenceReady => Group::Ping,
            Self::Invocations => Group::Invocations,
            Self::ExecutionParameters => Group::ExecutionParameters,
            Self::Metrics => Group::Metrics,
            Self::Models | Self::Model(_) | Self::ModelInvoke(_) => Group::Models,
            Self::KServe
            | Self::KServeModels
            | Self::KServeModel(_)
            | Self::KServePredict(_)
            | Self::KServeExplain(_) => Group::KServe,
            Self::OpenInference
            | Self::OpenInferenceModel(_)
            | Self::OpenInferenceModelReady(_)
            | Self::OpenInferenceInfer(_)
            | Self::OpenInferenceConfig(_)
            | Self::OpenInferenceStatistics(_)
            | Self::OpenInferenceModels
            | Self::OpenInferenceAllStatistics
            | Self::OpenInferenceIndex => Group::OpenInference,
            Self::Version => Group::Other,
            Self::Unknown(group) => *group,
        }
    }
}

/// Whether a method asks for a resource. The transport leaves the body of an answer to HEAD out.
pub(super) fn is_get(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

fn models(segments: &[&str]) -> Route {
    match segments {
        [] => Route::Models,
        [name] => Route::Model(decoded(name)),
        [name, "invoke"] => Route::ModelInvoke(decoded(name)),
        _ => Route::Unknown(Group::Models),
    }
}

fn kserve(segments: &[&str]) -> Route {
    match segments {
        ["models"] => Route::KServeModels,
        ["models", name] => match name.rsplit_once(':') {
            Some((name, "predict")) => Route::KServePredict(decoded(name)),
            Some((name, "explain")) => Route::KServeExplain(decoded(name)),
            Some(_) => Route::Unknown(Group::KServe),
            None => Route::KServeModel(decoded(name)),
        },
        _ => Route::Unknown(Group::KServe),
    }
}

fn open_inference(segments: &[&str]) -> Route {
    match segments {
        [] | [""] => Route::OpenInference,
        ["health", "live"] => Route::OpenInferenceLive,
        ["health", "ready"] => Route::OpenInferenceReady,
        ["models"] => Route::OpenInferenceModels,
        // As in Triton, a model of this name has its own paths but this one.
        ["models", "stats"] => Route::OpenInferenceAllStatistics,
        ["repository", "index"] => Route::OpenInferenceIndex,
        ["models", name, "versions", MODEL_VERSION, rest @ ..] | ["models", name, rest @ ..] => {
            let name = decoded(name);
            match rest {
                [] => Route::OpenInferenceModel(name),
                ["ready"] => Route::OpenInferenceModelReady(name),
                ["infer"] => Route::OpenInferenceInfer(name),
                ["config"] => Route::OpenInferenceConfig(name),
                ["stats"] => Route::OpenInferenceStatistics(name),
                _ => Route::Unknown(Group::OpenInference),
            }
        }
        _ => Route::Unknown(Group::OpenInference),
    }
}

/// A segment of a path without its percent-encoding.
fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment)
        .decode_utf8_lossy()
        .into_owned()
}

impl Group {
    /// Every group, in the order of their values.
    pub(super) const ALL: [Self; 9] = [
        Self::Ping,
        Self::Invocations,
        Self::ExecutionParameters,
        Self::Metrics,
        Self::Models,
        Self::KServe,
        Self::OpenInference,
        Self::Other,
        Self::Transport,
    ];

    /// The value of the label `route`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Invocations => "invocations",
            Self::ExecutionParameters => "execution-parameters",
            Self::Metrics => "metrics",
            Self::Models => "models",
            Self::KServe => "kserve",
            Self::OpenInference => "open-inference",
            Self::Other => "other",
            Self::Transport => "transport",
        }
    }

    /// Whether requests come here every few seconds for ever.
    pub(super) fn is_probe(self) -> bool {
        matches!(self, Self::Ping | Self::Metrics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_it_says_and_nothing_that_only_begins_like_it() {
        let name = || "a/b".to_owned();
        for (path, route) in [
            ("/ping", Route::Ping),
            ("/health", Route::Ping),
            ("/version", Route::Version),
            ("/ping/", Route::Unknown(Group::Other)),
            ("/endpoints/any/invocations", Route::Invocations),
            ("/endpoints/invocations", Route::Unknown(Group::Other)),
            ("/pingpong", Route::Unknown(Group::Other)),
            ("/", Route::KServe),
            ("/v1/models/a%2Fb", Route::KServeModel(name())),
            ("/v1/models/a%2Fb:predict", Route::KServePredict(name())),
            ("/v1/models/a%2Fb:explain", Route::KServeExplain(name())),
            ("/v1/models/a%2Fb:train", Route::Unknown(Group::KServe)),
            ("/v2", Route::OpenInference),
            ("/v2/", Route::OpenInference),
            (
                "/v2/models/a%2Fb/versions/1",
                Route::OpenInferenceModel(name()),
            ),
            (
                "/v2/models/a%2Fb/versions/1/infer",
                Route::OpenInferenceInfer(name()),
            ),
            (
                "/v2/models/a%2Fb/versions/2/infer",
                Route::Unknown(Group::OpenInference),
            ),
            (
                "/v2/models/a%2Fb/stats",
                Route::OpenInferenceStatistics(name()),
            ),
            ("/v2/models/stats", Route::OpenInferenceAllStatistics),
            ("/v2/models/", Route::OpenInferenceModel(String::new())),
            ("/v2/repository/index", Route::OpenInferenceIndex),
            ("/models/a%2Fb/invoke", Route::ModelInvoke(name())),
            ("/models/a%2Fb/invoke/", Route::Unknown(Group::Models)),
            ("*", Route::Unknown(Group::Other)),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn every_group_is_listed_once_at_its_own_place() {
        for (place, group) in Group::ALL.into_iter().enumerate() {
            assert_eq!(group as usize, place);
        }
    }
}
