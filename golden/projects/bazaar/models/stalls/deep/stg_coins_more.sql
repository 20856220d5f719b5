select * from {{ ref('stg_coins') }} join {{ source('well.deep', 'water') }} using (id)
