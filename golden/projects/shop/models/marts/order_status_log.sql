{{
    config(
        materialized='incremental',
        incremental_strategy='append'
    )
}}

-- The source overwrites an order's status: what a run does not write down here is lost.
select
    order_id,
    status,
    updated_at
from {{ ref('stg_orders') }}

{% if is_incremental() %}
where updated_at > (select max(updated_at) from {{ this }})
{% endif %}
