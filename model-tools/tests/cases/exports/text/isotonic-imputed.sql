-- isotonic, 1 features; written by model-tools of sagelet 0.1.0.
-- converted_by: sagelet 0.1.0
-- source: json
-- source_sha256: 1e1d6b6c9d9a30543d2e888e6e34d72ffe312088804e8e034e0fb2e4b5d08b66
--
-- model_input stands for the table of rows. NULL is a missing cell; a row that the model cannot
-- predict, for a missing cell or an unknown category, has NULL as its prediction.
SELECT
  stage_1.*,
  EXP(CASE
    WHEN "score" <= -1.1E0 THEN 3.3E0
    WHEN "score" <= 3E-1 THEN 3.3E0 + ("score" - (-1.1E0)) / 1.4000000000000001E0 * (-2.5999999999999996E0)
    WHEN "score" <= 2.7E0 THEN 7E-1 + ("score" - 3E-1) / 2.4000000000000004E0 * (-9.799999999999999E0)
    WHEN "score" > 2.7E0 THEN -9.1E0 END) - 1E0 AS "prediction"
FROM (
  SELECT
    model_input.*,
    0E0
    + 1E0 * COALESCE("dose", 1.25E-1) AS "score"
  FROM model_input
) AS stage_1;
