{#- As a compile of the mirror dusty once has written it. -#}
{{ config(materialized='table', schema='dusty', tags=['dusty']) }}

select * from {{ source('chest', 'coins') }}
