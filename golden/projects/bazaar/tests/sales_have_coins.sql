{{ config(tags=['slow'], severity='error', group='traders', where='id > 0') }} select * from {{ ref('fct_sales') }} join {{ ref('stg_coins') }} using (id)
