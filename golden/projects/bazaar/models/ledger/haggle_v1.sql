select 1 as id from {{ ref('dim_goods') }}
