-- linear-regression, 8 features; written by model-tools of sagelet 0.1.0.
-- converted_by: sagelet 0.1.0
-- source: json
-- source_sha256: 740bc110cd24d6ec475c994743107ab5080a2745a8423034a33fbad8213bcf13
--
-- model_input stands for the table of rows. NULL is a missing cell; a row that the model cannot
-- predict, for a missing cell or an unknown category, has NULL as its prediction.
SELECT
  model_input.*,
  2.0969034113194276E0
    + 1.1143321901036989E0 * "age"
    - 5.619234882327826E-1 * "select"
    - 6.212861383512518E-1 * "body mass"
    - 5.047743627755421E-1 * "the ""best"" one"
    - 1.485348462781564E0 * "it's"
    - 2.953840483223231E-1 * "naïve"
    - 4.417174973863283E-1 * "back`tick"
    + 4.544018555025467E-1 * "Score" AS "prediction"
FROM model_input;
