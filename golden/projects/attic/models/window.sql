{{ config(materialized='view', tags=['panes']) }}

select * from {{ ref('balance') }}
