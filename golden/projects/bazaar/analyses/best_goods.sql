select * from {{ ref('dim_goods') }}
