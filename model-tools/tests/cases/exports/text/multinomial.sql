-- multinomial-logistic-regression, 4 features; written by model-tools of sagelet 0.1.0.
-- converted_by: sagelet 0.1.0
-- source: json
-- source_sha256: ec4538ac7c90a6d43207de707e39fc66fcb290933ab9f40aee75ee48b3901b58
--
-- model_input stands for the table of rows. NULL is a missing cell; a row that the model cannot
-- predict, for a missing cell or an unknown category, has NULL as its prediction.
SELECT
  stage_2.*,
  CASE
    WHEN "score_3" >= "score_1" AND "score_3" >= "score_2" THEN 3
    WHEN "score_1" > "score_3" AND "score_1" >= "score_2" THEN 1
    WHEN "score_2" > "score_3" AND "score_2" > "score_1" THEN 2 END AS "prediction",
  EXP("score_3" - "score_highest") / (EXP("score_3" - "score_highest")
    + EXP("score_1" - "score_highest")
    + EXP("score_2" - "score_highest")) AS "probability_3",
  EXP("score_1" - "score_highest") / (EXP("score_3" - "score_highest")
    + EXP("score_1" - "score_highest")
    + EXP("score_2" - "score_highest")) AS "probability_1",
  EXP("score_2" - "score_highest") / (EXP("score_3" - "score_highest")
    + EXP("score_1" - "score_highest")
    + EXP("score_2" - "score_highest")) AS "probability_2"
FROM (
  SELECT
    stage_1.*,
    CASE
    WHEN "score_3" >= "score_1" AND "score_3" >= "score_2" THEN "score_3"
    WHEN "score_1" > "score_3" AND "score_1" >= "score_2" THEN "score_1"
    WHEN "score_2" > "score_3" AND "score_2" > "score_1" THEN "score_2" END AS "score_highest"
  FROM (
    SELECT
      model_input.*,
      -7.826652929335972E-1
    - 1.3550029923492637E0 * "a"
    - 2.7248403244485686E-1 * "b"
    + 7.601702836570714E-1 * "c"
    + 1.869622498655575E0 * "d" AS "score_3",
      -6.827286904937794E-1
    + 8.047276476485797E-1 * "a"
    + 8.181823080671033E-1 * "b"
    + 1.9423521275891703E-1 * "c"
    + 1.4626773607460256E-1 * "d" AS "score_1",
      4.452714331345911E-1
    + 1.4465237956556785E0 * "a"
    - 2.2531349796687947E-1 * "b"
    - 3.976246441410269E-1 * "c"
    - 5.150940768554249E-1 * "d" AS "score_2"
    FROM model_input
  ) AS stage_1
) AS stage_2;
