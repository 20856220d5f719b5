{{
    config(
        materialized='incremental',
        incremental_strategy='append'
    )
}}
{% if target.type == 'bigquery' %}
{{ config(incremental_strategy='merge') }}
{% endif %}

select
    sale_id,
    quantity,
    loaded_at
from {{ ref('stg_sales') }}

{% if is_incremental() %}
where loaded_at > (select max(loaded_at) from {{ this }})
{% endif %}
