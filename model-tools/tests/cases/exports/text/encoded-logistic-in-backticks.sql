-- logistic-regression, 8 features; written by model-tools of sagelet 0.1.0.
-- converted_by: sagelet 0.1.0
-- source: json
-- source_sha256: dad5cd0a7d639ec48aa4c28828eeb19282ba5fc5b04e85673ed8d8f76f19ac33
--
-- model_input stands for the table of rows. NULL is a missing cell; a row that the model cannot
-- predict, for a missing cell or an unknown category, has NULL as its prediction.
SELECT
  stage_1.*,
  CASE WHEN `score_yes` > 0E0 THEN 'yes' WHEN `score_yes` <= 0E0 THEN 'no' END AS `prediction`,
  1E0 - CASE WHEN `score_yes` >= 0E0 THEN 1E0 / (1E0 + EXP(-`score_yes`)) ELSE EXP(`score_yes`) / (1E0 + EXP(`score_yes`)) END AS `probability_no`,
  CASE WHEN `score_yes` >= 0E0 THEN 1E0 / (1E0 + EXP(-`score_yes`)) ELSE EXP(`score_yes`) / (1E0 + EXP(`score_yes`)) END AS `probability_yes`
FROM (
  SELECT
    model_input.*,
    4.0243607330484946E-2
    - 2.200720883909943E0 * COALESCE(`age`, 3.825E1)
    + CASE WHEN `age` IS NULL THEN 1.6503190176457164E-1 ELSE 0E0 END
    + CASE COALESCE(`city`, 'Oslo') WHEN 'Oslo' THEN 6.542551847576695E-1 WHEN 'Rome' THEN -1.0922661139789875E0 WHEN 'St. John\'s' THEN 6.942344028250735E-1 WHEN 'back\\slash' THEN 7.716061083119452E-2 ELSE 0E0 END
    + CASE WHEN `city` IS NULL THEN 1.1423254880224574E0 ELSE 0E0 END
    + CASE `rooms` WHEN 1 THEN 0E0 WHEN 2 THEN 5.434771620025171E-1 WHEN 3 THEN -6.805474639394058E-1 END
    + CASE `owned` WHEN FALSE THEN 0E0 WHEN TRUE THEN 2.6239284863073264E-1 END
    + CASE `grade` WHEN 'low' THEN -0E0 WHEN 'middle' THEN -2.034881063047217E0 WHEN 'high' THEN -4.069762126094434E0 ELSE CASE WHEN `grade` IS NOT NULL THEN 2.034881063047217E0 END END
    + CASE `size` WHEN 'S' THEN -4.15777859976016E-2 WHEN 'M' THEN -1.0394446499400399E-1 WHEN 'L' THEN -5.820890039664224E-1 END
    - 2.6740906679388626E-1 * `income` AS `score_yes`
  FROM model_input
) AS stage_1;
