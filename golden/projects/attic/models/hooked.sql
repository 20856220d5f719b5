{{ config(
  materialized='table',
  tags=['mart'],
  grants={'select': [target.name ~ '_reader']},
  post_hook="comment on table {{ this }} is 'dusty'",
) }}

select * from {{ source('chest', 'coins') }}
