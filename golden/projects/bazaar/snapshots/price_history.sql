{% snapshot price_history %}
{{ config(strategy='timestamp', updated_at='at', unique_key='id', target_schema='kept', tags='price') }}
select * from {{ source('caravan', 'spices') }}
{% endsnapshot %}
