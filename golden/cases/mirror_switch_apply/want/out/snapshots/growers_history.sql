{% snapshot growers_history %}
{{ config(schema='history', tags=['mart'], strategy='timestamp', unique_key='id', updated_at='updated_at') }}
select * from {{ ref('raw_farm__growers') }}
{% endsnapshot %}
