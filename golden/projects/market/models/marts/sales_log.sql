{{
    config(
        materialized='incremental',
        incremental_strategy='merge' if target.type == 'bigquery' else 'append'
    )
}}

select
    sale_id,
    quantity,
    loaded_at
from {{ ref('stg_sales') }}

{% if is_incremental() %}
where loaded_at > (select max(loaded_at) from {{ this }})
{% endif %}
