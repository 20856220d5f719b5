{{ config(materialized='incremental', incremental_strategy='append') }}

select id as delivery_id, kilos, loaded_at
from {{ ref('raw_farm__deliveries') }}

{% if is_incremental() %}
where loaded_at > (select max(loaded_at) from {{ this }})
{% endif %}
