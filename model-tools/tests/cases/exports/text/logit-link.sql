-- generalized-linear, 4 features; written by model-tools of sagelet 0.1.0.
-- converted_by: sagelet 0.1.0
-- source: json
-- source_sha256: 0917174dd2d1dc5c5e2fcad147559865bb9a9ee88968bf6cd82bdb8e38bf191f
--
-- model_input stands for the table of rows. NULL is a missing cell; a row that the model cannot
-- predict, for a missing cell or an unknown category, has NULL as its prediction.
SELECT
  stage_1.*,
  CASE WHEN "score" >= 0E0 THEN 1E0 / (1E0 + EXP(-"score")) ELSE EXP("score") / (1E0 + EXP("score")) END AS "prediction"
FROM (
  SELECT
    model_input.*,
    2.0135948526112837E0
    - 2.578223680632967E-1 * "a"
    - 2.1222137289617377E-1 * "b"
    + 2.0771533647718715E-1 * "c"
    + 6.659212866822631E-1 * "d" AS "score"
  FROM model_input
) AS stage_1;
