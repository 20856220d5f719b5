{% snapshot old_history %}
{{ config(target_schema='fixed', unique_key='id', strategy='check', check_cols='all') }}
select * from {{ ref('plain') }}
{% endsnapshot %}
