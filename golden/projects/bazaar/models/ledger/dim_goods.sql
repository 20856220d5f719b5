select * from {{ ref('stg_goods') }} join {{ ref('colours') }} using (id)
