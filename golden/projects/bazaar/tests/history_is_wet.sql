select * from {{ ref('goods_history') }} join {{ source('well.deep', 'water') }} using (id)
