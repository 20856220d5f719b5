{% snapshot portraits %}
  {{ config(target_schema='history', unique_key='id', strategy='check', check_cols='all') }}
  select 1 as id, 'grandmother' as who
{% endsnapshot %}
