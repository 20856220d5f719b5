select 2 as id from {{ ref('dim_goods') }}
